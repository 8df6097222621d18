// The answer of a sweep in one sentence: what someone opened the page for.
import type { SweepPageData } from '../store/sweepPage.ts'
import type { Answer } from '../view/answer.ts'
import { percent, times } from '../view/format.ts'
import { settings } from '../view/names.ts'
import classes from './AnswerSentence.module.css'

type Props = Pick<SweepPageData, 'query' | 'sweep'> & { answer: Answer }

export function AnswerSentence({ query, sweep, answer: { best, smallest, ratio } }: Props) {
  const how = (configuration: Answer['best']) =>
    configuration.role === 'baseline' ? 'from scratch' : `at ${settings(configuration)[0]}`
  return (
    <p className={classes.sentence}>
      {sweep.status === 'done' ? 'Best' : 'Best so far'}: <strong>{best.model}</strong> {how(best)},{' '}
      {percent(best.validationAccuracy)}.{' '}
      {smallest === best ? (
        <>Nothing smaller comes within {query.within} points of it.</>
      ) : (
        <>
          Smallest within {query.within} points: <strong>{smallest.model}</strong> {how(smallest)},{' '}
          {percent(smallest.validationAccuracy)}
          {ratio > 1 && <>, {times(ratio)} smaller</>}.
        </>
      )}
    </p>
  )
}
