// What the objectives on features have in common: pairs of layers, and the shapes that they compare.
import type { LayerPair } from '@retort/schema/definitions/layerPairs'
import { add, reshape, type Scalar, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core'
import type { Lesson } from './objective.ts'

/** The sum over the pairs of layers of what one pair gives. */
export function overPairs(
  { features }: Lesson,
  pairs: LayerPair[],
  of: (student: Tensor, teacher: Tensor, index: number) => Scalar,
): Scalar {
  return pairs
    .map(({ student, teacher }, index) => of(features.student[student]!, features.teacher[teacher]!, index))
    .reduce((sum, value) => add(sum, value))
}

/** [batch, ...] as [batch, features]. */
export const flat = (features: Tensor): Tensor2D => reshape(features, [features.shape[0]!, -1])
