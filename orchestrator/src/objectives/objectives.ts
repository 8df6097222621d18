// The tables of objectives and of label losses: one line for each.
import type { ResolvedLabelLoss, ResolvedObjective } from '@retort/schema/trial'
import { crossEntropy } from './crossEntropy.ts'
import { dist } from './dist.ts'
import { dkd } from './dkd.ts'
import { jsd } from './jsd.ts'
import { labelSmoothing } from './labelSmoothing.ts'
import { logitMse } from './logitMse.ts'
import type { LabelLoss, Objective } from './objective.ts'
import { reverseKl } from './reverseKl.ts'
import { softTargets } from './softTargets.ts'
import { teacherFree } from './teacherFree.ts'

export const objectives: { [K in ResolvedObjective['type']]: Objective<Extract<ResolvedObjective, { type: K }>> } = {
  'soft-targets': softTargets,
  'logit-mse': logitMse,
  dkd,
  dist,
  'reverse-kl': reverseKl,
  jsd,
}

export const labelLosses: { [K in ResolvedLabelLoss['type']]: LabelLoss<Extract<ResolvedLabelLoss, { type: K }>> } = {
  'cross-entropy': crossEntropy,
  'label-smoothing': labelSmoothing,
  'tf-kd': teacherFree,
}
