// Answers 404 for a trial that the sweep does not have, before the page begins to stream.

import { findTrial } from '@retort/schema/store/read/trials'
import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { readStore } from '../../../../../store/connection.ts'

interface Props {
  params: Promise<{ id: string; trial: string }>
  children: ReactNode
}

export default async function TrialLayout({ params, children }: Props) {
  const { id, trial } = await params
  const read = readStore((db) => findTrial(db, id, trial) !== undefined)
  if ('value' in read && !read.value) notFound()
  return children
}
