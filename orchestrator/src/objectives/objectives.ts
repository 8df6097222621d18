// The tables of objectives and of label losses: one line for each.
import type { ResolvedLabelLoss, ResolvedObjective } from '@retort/schema/trial'
import { attentionTransfer } from './attentionTransfer.ts'
import { crossEntropy } from './crossEntropy.ts'
import { dist } from './dist.ts'
import { dkd } from './dkd.ts'
import { hints, regressors } from './hints.ts'
import { jsd } from './jsd.ts'
import { labelSmoothing } from './labelSmoothing.ts'
import { logitMse } from './logitMse.ts'
import type { LabelLoss, Objective, OwnWeights } from './objective.ts'
import { reverseKl } from './reverseKl.ts'
import { rkdAngle } from './rkdAngle.ts'
import { rkdDistance } from './rkdDistance.ts'
import { similarityPreserving } from './similarityPreserving.ts'
import { softTargets } from './softTargets.ts'
import { teacherFree } from './teacherFree.ts'
import { topK } from './topK.ts'
import { uld } from './uld.ts'

type Of<K> = Extract<ResolvedObjective, { type: K }>

export const objectives: { [K in ResolvedObjective['type']]: Objective<Of<K>> } = {
  'soft-targets': softTargets,
  'logit-mse': logitMse,
  dkd,
  dist,
  'reverse-kl': reverseKl,
  jsd,
  'top-k': topK,
  uld,
  hints,
  'attention-transfer': attentionTransfer,
  'similarity-preserving': similarityPreserving,
  'rkd-distance': rkdDistance,
  'rkd-angle': rkdAngle,
}

/** Of objectives that have weights of their own. */
export const ownWeights: { [K in ResolvedObjective['type']]?: OwnWeights<Of<K>> } = { hints: regressors }

export const labelLosses: { [K in ResolvedLabelLoss['type']]: LabelLoss<Extract<ResolvedLabelLoss, { type: K }>> } = {
  'cross-entropy': crossEntropy,
  'label-smoothing': labelSmoothing,
  'tf-kd': teacherFree,
}
