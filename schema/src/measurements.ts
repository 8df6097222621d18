// The rows of the table of measurements that a trial's metrics make.
import { type MeasuredName, measuredNames } from './definitions/derived.ts'
import type { GivenMetrics } from './metrics.ts'

/** The form and the place of all figures so far: a model as it was trained, wherever it runs. */
export const asTrained = { variant: 'float32', condition: '' } as const

/** One for each that is known. */
export const measurementsOf = (metrics: GivenMetrics): { metric: MeasuredName; value: number }[] =>
  measuredNames.flatMap((metric) => {
    const value = metrics[metric] ?? null
    return value === null ? [] : [{ metric, value }]
  })
