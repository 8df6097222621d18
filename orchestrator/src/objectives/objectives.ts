// How each objective is computed. Made by `pnpm generate` from the list of definitions; do not edit.
import type { ObjectiveType } from '@retort/schema/definitions/objectives'
import { attentionTransfer } from './attentionTransfer.ts'
import { dist } from './dist.ts'
import { dkd } from './dkd.ts'
import { hints } from './hints.ts'
import { jsd } from './jsd.ts'
import { logitMse } from './logitMse.ts'
import type { Objective } from './objective.ts'
import { reverseKl } from './reverseKl.ts'
import { rkdAngle } from './rkdAngle.ts'
import { rkdDistance } from './rkdDistance.ts'
import { similarityPreserving } from './similarityPreserving.ts'
import { softTargets } from './softTargets.ts'
import { topK } from './topK.ts'
import { uld } from './uld.ts'

export const objectives: { [Type in ObjectiveType]: Objective<Type> } = {
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
