// The answer of a sweep in a few sentences: what someone opened the page for. They claim what the comparison shows.
import { answerSentence, choiceSentence } from '@retort/schema/comparison/answer'
import type { SweepPageData } from '../store/sweepPage.ts'
import type { Answer } from '../view/answer.ts'
import { percent, plusMinus, points, times } from '../view/format.ts'
import { sentence, settings } from '../view/names.ts'
import classes from './AnswerSentence.module.css'

type Props = Pick<SweepPageData, 'query' | 'sweep' | 'comparison' | 'results'> & { answer: Answer }

export function AnswerSentence({ query, sweep, comparison, results, answer }: Props) {
  const { best, smallest, ratio, bestIs } = answer
  const how = (configuration: Answer['best']) =>
    configuration.role === 'baseline' ? 'from scratch' : `at ${settings(configuration)[0]}`
  const accuracy = ({ validationAccuracy, compared }: Answer['best']) =>
    `${percent(validationAccuracy)}${plusMinus(compared?.validation)}`
  const choice = choiceSentence(comparison, ({ configuration }) =>
    sentence(results.find((result) => result.configuration === configuration) ?? best),
  )
  return (
    <div>
      <p className={classes.sentence}>
        {bestIs}
        {sweep.status === 'done' ? '' : ' so far'}: <strong>{best.model}</strong> {how(best)}, {accuracy(best)}.{' '}
        {smallest === best ? (
          <>Nothing smaller comes within {query.within} points of it.</>
        ) : (
          <>
            Smallest within {query.within} points: <strong>{smallest.model}</strong> {how(smallest)},{' '}
            {accuracy(smallest)}
            {ratio > 1 && <>, {times(ratio)} smaller</>}.
          </>
        )}
      </p>
      <p className={classes.evidence}>
        {answerSentence(comparison, { points })} {choice}
      </p>
    </div>
  )
}
