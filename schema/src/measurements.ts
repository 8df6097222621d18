// What the rows of the table of measurements hold of a trial's metrics.
import { type MeasuredName, measuredNames } from './definitions/derived.ts'
import type { GivenMetrics } from './metrics.ts'

/** The form and the place of all figures so far: a model as it was trained, wherever it runs. */
export const asTrained = { variant: 'float32', condition: '' } as const

/** The value of each, null where it is not known and so has no row. */
export const valuesOf = (metrics: GivenMetrics) =>
  Object.fromEntries(measuredNames.map((name) => [name, metrics[name] ?? null])) as {
    [N in MeasuredName]: number | null
  }
