// A sweep: which student to ship, the trade-off between accuracy and size, the ranking, what failed.
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { AnswerCards } from '../../../../components/AnswerCards.tsx'
import { AnswerSentence } from '../../../../components/AnswerSentence.tsx'
import { GainsPanel } from '../../../../components/GainsPanel.tsx'
import { Leaderboard } from '../../../../components/Leaderboard.tsx'
import { Notes } from '../../../../components/Notes.tsx'
import { PublishedPanel } from '../../../../components/PublishedPanel.tsx'
import { StoreProblemNotice } from '../../../../components/StoreProblemNotice.tsx'
import { SweepHeader } from '../../../../components/SweepHeader.tsx'
import { TradeOffPanel } from '../../../../components/TradeOffPanel.tsx'
import { TrialsPanel } from '../../../../components/TrialsPanel.tsx'
import { readStore } from '../../../../store/connection.ts'
import { sweepPage } from '../../../../store/sweepPage.ts'
import { answerOf } from '../../../../view/answer.ts'
import type { SearchParams } from '../../../../view/sweepQuery.ts'
import classes from './page.module.css'

export const dynamic = 'force-dynamic'

interface Props {
  params: Promise<{ id: string }>
  searchParams: Promise<SearchParams>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).id }
}

export default async function SweepPage({ params, searchParams }: Props) {
  const { id } = await params
  const asked = await searchParams
  const read = readStore((db) => sweepPage(db, id, asked))
  if ('problem' in read) return <StoreProblemNotice {...read} />
  if (read.value === null) notFound()

  const data = read.value
  const path = `/sweeps/${id}`
  const answer = answerOf(data.results, data.comparison, data.query.size, data.query.within)
  return (
    <div className={classes.page}>
      <SweepHeader {...data} />
      <Notes notes={data.notes} />
      {answer !== null && <AnswerSentence {...data} answer={answer} />}
      <div className={classes.answer}>
        <TradeOffPanel {...data} path={path} />
        <AnswerCards {...data} path={path} answer={answer} />
      </div>
      <GainsPanel {...data} path={path} />
      <PublishedPanel {...data} path={path} />
      <Leaderboard {...data} path={path} answer={answer} />
      <TrialsPanel {...data} path={path} />
    </div>
  )
}
