// A trial: what came out, how it learned, what it was, and its files.

import { findTrial } from '@retort/schema/store/read/trials'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Attempts } from '../../../../../components/Attempts.tsx'
import { BiasCorrectionPanel } from '../../../../../components/BiasCorrectionPanel.tsx'
import { ClassesPanel } from '../../../../../components/ClassesPanel.tsx'
import { ConfigurationPanel } from '../../../../../components/ConfigurationPanel.tsx'
import { CurvesSection } from '../../../../../components/CurvesSection.tsx'
import { Downloads } from '../../../../../components/Downloads.tsx'
import { RanOn } from '../../../../../components/RanOn.tsx'
import { Related } from '../../../../../components/Related.tsx'
import { StoreProblemNotice } from '../../../../../components/StoreProblemNotice.tsx'
import { TrialHeader } from '../../../../../components/TrialHeader.tsx'
import { readStore } from '../../../../../store/connection.ts'
import { trialPage } from '../../../../../store/trialPage.ts'
import classes from './page.module.css'

export const dynamic = 'force-dynamic'

interface Props {
  params: Promise<{ id: string; trial: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id, trial } = await params
  const read = readStore((db) => findTrial(db, id, trial))
  return { title: 'value' in read && read.value !== undefined ? `${read.value.model} · ${id}` : id }
}

export default async function TrialPage({ params }: Props) {
  const { id, trial } = await params
  const read = readStore((db) => trialPage(db, id, trial))
  if ('problem' in read) return <StoreProblemNotice {...read} />
  if (read.value === null) notFound()

  const data = read.value
  return (
    <div className={classes.page}>
      <TrialHeader {...data} />
      {data.trial.epochs > 0 && <CurvesSection epochs={data.epochs} planned={data.trial.epochs} />}
      <div className={classes.columns}>
        <div className={classes.column}>
          <BiasCorrectionPanel {...data} />
          <ConfigurationPanel {...data} />
          <ClassesPanel {...data} />
          <Attempts attempts={data.attempts} />
        </div>
        <div className={classes.column}>
          <Downloads {...data} />
          <Related {...data} />
          <RanOn {...data} />
        </div>
      </div>
    </div>
  )
}
