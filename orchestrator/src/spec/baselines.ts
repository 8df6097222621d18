// The baselines of an experiment: the student without a teacher, with its own label loss or another.
import type { Experiment, LabelLoss } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import type { ResolvedLabelLoss } from '@retort/schema/trial'
import { definition, fill } from './schema.ts'

/** Null for "scratch", which learns as the distilled student does from the labels; else another label loss. */
export function labelLossOf(baseline: Resolved<Experiment>['baselines'][number]): ResolvedLabelLoss | null {
  if (baseline === 'scratch') return null
  const written = typeof baseline === 'string' ? { type: baseline } : baseline
  return fill(definition('LabelLoss'), written satisfies LabelLoss) as ResolvedLabelLoss
}
