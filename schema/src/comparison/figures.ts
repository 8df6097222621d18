// The value of any metric that is shown, a configuration's with its interval where the comparison has one.

import type { MetricName } from '../definitions/derived.ts'
import type { Metric } from '../definitions/metric.ts'
import { metrics } from '../definitions/metrics.ts'
import { perplexityOf } from '../perplexity.ts'
import type { ResolvedDataset } from '../trial.ts'
import type { Compared } from './compare.ts'
import type { Estimate } from './statistics.ts'

/** Those that are estimated seed by seed. */
const estimates: { [N in MetricName]?: (compared: Compared) => Estimate | null } = {
  validationAccuracy: ({ validation }) => validation,
  testAccuracy: ({ test }) => test,
  validationGain: ({ gain }) => gain?.validation ?? null,
}

export interface Figure {
  value: number | null
  estimate: Estimate | null
}

/** A row of configurationView will do, and one of trialView. */
type Row = { [N in MetricName]?: number | null }

/** @param compared null of a trial and of a teacher, and where nothing is done */
export function figureOf(
  name: MetricName,
  row: Row,
  compared: Compared | null,
  dataset: Pick<ResolvedDataset, 'type'>,
): Figure {
  const { source }: Metric = metrics[name]
  const estimate = (compared && estimates[name]?.(compared)) ?? null
  const known = row[name] ?? null
  const value = source.from === 'loss' ? perplexityOf(dataset, row[source.metric] ?? null) : known
  return { value: estimate?.mean ?? value, estimate }
}
