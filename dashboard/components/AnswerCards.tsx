// The candidates to ship with their figures, and the teacher they are measured against.
import type { Dataset } from '@retort/schema/experiment'
import { perplexityOf } from '@retort/schema/perplexity'
import type { ReactNode } from 'react'
import type { Result } from '../store/leaderboard.ts'
import type { SweepPageData } from '../store/sweepPage.ts'
import type { Answer } from '../view/answer.ts'
import { bytes, count, percent, perplexity, plusMinus, points, times } from '../view/format.ts'
import { settings } from '../view/names.ts'
import { search, tolerances } from '../view/sweepQuery.ts'
import classes from './AnswerCards.module.css'
import { LinkAnchor } from './links.tsx'
import { Segments } from './Segments.tsx'

type Props = Pick<SweepPageData, 'query' | 'ceilings' | 'sweep'> & { path: string; answer: Answer | null }

export function AnswerCards({ path, query, ceilings, sweep, answer }: Props) {
  const { dataset } = sweep.experiment
  return (
    <aside className={classes.cards} aria-label="Which student to ship">
      {answer === null ? (
        <div className={classes.card}>
          <h2 className={classes.label}>Highest accuracy</h2>
          <p className={classes.none}>
            {sweep.status === 'running' ? 'The first student is still in training.' : 'No student is done.'}
          </p>
        </div>
      ) : (
        <>
          <Card
            path={path}
            dataset={dataset}
            label={answer.bestIs + (sweep.status === 'done' ? '' : ' so far')}
            of={answer.best}
          />
          <Card
            path={path}
            dataset={dataset}
            label="Smallest within"
            of={answer.smallest === answer.best ? null : answer.smallest}
            note={
              answer.smallest === answer.best
                ? 'Nothing smaller comes so close to the best.'
                : answer.ratio > 1
                  ? `${times(answer.ratio)} smaller, ${behind(answer)} points behind the best`
                  : undefined
            }
          >
            <Segments
              label="Percentage points below the best that are good enough"
              segments={tolerances.map((within) => ({
                label: String(within),
                href: path + search(query, { within }),
                selected: within === query.within,
              }))}
            />
            <span className={classes.unit}>points</span>
          </Card>
        </>
      )}
      {ceilings.map((ceiling) => (
        <Card key={ceiling.configuration} path={path} dataset={dataset} label="Teacher" of={ceiling} />
      ))}
    </aside>
  )
}

type Shown = Omit<Result, 'rank' | 'compared'> & Partial<Pick<Result, 'compared'>>

interface CardProps {
  path: string
  label: string
  of: Shown | null
  dataset: Dataset
  /** How it compares. */
  note?: string | undefined
  children?: ReactNode
}

const behind = ({ best, smallest }: Answer) =>
  ((best.validationAccuracy! - smallest.validationAccuracy!) * 100).toFixed(2)

function Card({ path, label, of, dataset, note, children }: CardProps) {
  return (
    <div className={classes.card}>
      <h2 className={classes.label}>
        {label} {children}
      </h2>
      {of !== null && (
        <div className={classes.head}>
          <LinkAnchor href={`${path}/trials/${of.trial}`} className={classes.model}>
            {of.model}
          </LinkAnchor>
          <span className={classes.accuracy}>{percent(of.validationAccuracy)}</span>
        </div>
      )}
      {note !== undefined && <p className={classes.how}>{note}</p>}
      {of !== null && <Figures of={of} dataset={dataset} />}
    </div>
  )
}

function Figures({ of, dataset }: Pick<CardProps, 'dataset'> & { of: Shown }) {
  const unsure = perplexityOf(dataset, of.testLoss)
  const gain = of.compared?.gain
  const how = of.role === 'baseline' ? 'from scratch' : settings(of).join(' · ')
  return (
    <>
      {how !== '' && <p className={classes.how}>{how}</p>}
      <p className={classes.figures}>
        {percent(of.testAccuracy)} test
        {unsure !== null && `, perplexity ${perplexity(unsure)}`}
        <br />
        {gain != null && (
          <>
            <span title="Validation accuracy against the same student from scratch, seed by seed">
              {points(gain.validation?.mean)}
              {plusMinus(gain.validation)} by distillation: {gain.verdict}
            </span>
            <br />
          </>
        )}
        {count(of.parameters)} parameters · {bytes(of.onnxBytes)}
      </p>
    </>
  )
}
