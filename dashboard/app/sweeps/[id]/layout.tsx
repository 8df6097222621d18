// Answers 404 for a sweep that is not in the store, before the page begins to stream.

import { sweepOf } from '@retort/schema/store/read/sweeps'
import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { readStore } from '../../../store/connection.ts'

interface Props {
  params: Promise<{ id: string }>
  children: ReactNode
}

export default async function SweepLayout({ params, children }: Props) {
  const { id } = await params
  const read = readStore((db) => sweepOf(db, id) !== undefined)
  if ('value' in read && !read.value) notFound()
  return children
}
