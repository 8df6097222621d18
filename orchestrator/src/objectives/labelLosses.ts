// How each label loss is computed. Made by `pnpm generate` from the list of definitions; do not edit.
import type { LabelLossType } from '@retort/schema/definitions/labelLosses'
import { crossEntropy } from './crossEntropy.ts'
import { labelSmoothing } from './labelSmoothing.ts'
import type { LabelLoss } from './objective.ts'
import { tfKd } from './tfKd.ts'

export const labelLosses: { [Type in LabelLossType]: LabelLoss<Type> } = {
  'cross-entropy': crossEntropy,
  'label-smoothing': labelSmoothing,
  'tf-kd': tfKd,
}
