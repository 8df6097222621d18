// What can be learned from the labels, in the order in which messages and pages list it.

import { byType, oneOf } from './kind.ts'
import type { LabelLossFacts } from './labelLoss.ts'
import { crossEntropy } from './labelLosses/crossEntropy.ts'
import { labelSmoothing } from './labelLosses/labelSmoothing.ts'
import { tfKd } from './labelLosses/tfKd.ts'
import type { Filled, ValueOf } from './schema.ts'

export const labelLosses = [crossEntropy, labelSmoothing, tfKd] as const

export const labelLossSchema = oneOf(labelLosses, {
  name: 'LabelLoss',
  description:
    "What is learned from the labels: the hard part of a distilled student's loss, and the whole of a baseline's or teacher's.",
  default: { type: 'cross-entropy' },
  examples: [{ type: 'label-smoothing', epsilon: 0.1 }],
})

type LabelLoss = Filled<ValueOf<typeof labelLossSchema>>

export type LabelLossType = LabelLoss['type']

const definitions = byType(labelLosses)

/** What there is to know of a label loss; its functions take settings of its type. */
export const labelLossFacts = (type: LabelLossType) => definitions[type] as LabelLossFacts<LabelLoss>
