// Which student to ship: the figures of a choice, as the sweep's page says them above the chart.
import type { Comparison } from '@retort/schema/comparison/compare'
import { choose } from '@retort/schema/comparison/front'
import type { Result } from '../store/leaderboard.ts'
import { type Size, sizeAxis } from './axes.ts'

export interface Answer {
  best: Result
  smallest: Result
  /** How many times smaller than the best. */
  ratio: number
  /** What may be said of the best: that it is, or only that its mean is the highest. */
  bestIs: 'Best' | 'Highest accuracy'
}

/** By validation accuracy, whatever the chart shows: the test split reports, it does not select. */
export function answerOf(
  configurations: readonly Result[],
  comparison: Comparison,
  size: Size,
  withinPoints: number,
): Answer | null {
  const candidates = configurations.flatMap((configuration) => {
    const own = configuration[sizeAxis(size).metric]
    const accuracy = configuration.validationAccuracy
    if (configuration.role === 'teacher' || own === null || accuracy === null) return []
    return [{ size: own, accuracy, configuration }]
  })
  const choice = choose(candidates, withinPoints / 100)
  return (
    choice && {
      best: choice.best.configuration,
      smallest: choice.smallest.configuration,
      ratio: choice.best.size / choice.smallest.size,
      bestIs: isAlone(comparison) ? 'Best' : 'Highest accuracy',
    }
  )
}

/** Whether all others are shown to be worse than the best. */
const isAlone = ({ configurations, bestIsTested }: Comparison): boolean =>
  bestIsTested && configurations.filter(({ amongBest }) => amongBest).length === 1
