// The objectives, in the order in which messages and pages list them.

import { byType, oneOf } from './kind.ts'
import type { ObjectiveFacts } from './objective.ts'
import { attentionTransfer } from './objectives/attentionTransfer.ts'
import { dist } from './objectives/dist.ts'
import { dkd } from './objectives/dkd.ts'
import { hints } from './objectives/hints.ts'
import { jsd } from './objectives/jsd.ts'
import { logitMse } from './objectives/logitMse.ts'
import { reverseKl } from './objectives/reverseKl.ts'
import { rkdAngle } from './objectives/rkdAngle.ts'
import { rkdDistance } from './objectives/rkdDistance.ts'
import { similarityPreserving } from './objectives/similarityPreserving.ts'
import { softTargets } from './objectives/softTargets.ts'
import { topK } from './objectives/topK.ts'
import { uld } from './objectives/uld.ts'
import type { Filled, ValueOf } from './schema.ts'

export const objectives = [
  softTargets,
  logitMse,
  dkd,
  dist,
  reverseKl,
  jsd,
  topK,
  uld,
  hints,
  attentionTransfer,
  similarityPreserving,
  rkdDistance,
  rkdAngle,
] as const

export const objectiveSchema = oneOf(objectives, {
  name: 'Objective',
  description: 'What the student learns from the teacher.',
  default: { type: 'soft-targets' },
  examples: [{ type: 'soft-targets' }, { type: 'dkd', beta: 2 }],
})

type Term = Filled<ValueOf<typeof objectiveSchema>>

export type ObjectiveType = Term['type']

const definitions = byType(objectives)

/** What there is to know of an objective; its functions take settings of its type. */
export const objectiveFacts = (type: ObjectiveType) => definitions[type] as ObjectiveFacts<Term>
