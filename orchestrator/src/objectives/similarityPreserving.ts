// Similarity-preserving distillation (Tung and Mori, arXiv:1907.09682, equations 1 to 4).
import { matMul, mean, square, sub, type Tensor } from '@tensorflow/tfjs-core'
import { flat, overPairs } from './layerPairs.ts'
import { normalised } from './normalised.ts'
import type { Objective } from './objective.ts'

/**
 * |G_t - G_s|^2 / batch^2 (Frobenius), summed over the pairs of layers. G = Q Q^T over the batch's samples, each row
 * of length 1, for features [batch, ...] as rows of Q. Any two shapes compare. Rotations and scales of the features
 * change nothing. No temperature. The paper's weight is 3000.
 */
export const similarityPreserving: Objective<'similarity-preserving'> = (lesson, { layers }) =>
  overPairs(lesson, layers, (student, teacher) => mean(square(sub(similarities(student), similarities(teacher)))))

/** [batch, batch] */
function similarities(features: Tensor) {
  const rows = flat(features)
  return normalised(matMul(rows, rows, false, true))
}
