// Relational distillation by angles, RKD-A (Park et al., arXiv:1904.05068, section 3.2.2).
import { add, div, expandDims, mul, sub, sum, type Tensor } from '@tensorflow/tfjs-core'
import { overPairs } from './layerPairs.ts'
import type { Objective } from './objective.ts'
import { huber, relations } from './relations.ts'

/**
 * Huber loss of the cosines of teacher's and student's angles at every sample j between every two others i and k;
 * averaged over batch^3 as in the authors' code (the paper sums), summed over the pairs of layers. Any two shapes
 * compare. Rotations, shifts and scales of the features change nothing. No temperature. The paper's weight is 50.
 */
export const rkdAngle: Objective<'rkd-angle'> = (lesson, { layers }) =>
  overPairs(lesson, layers, (student, teacher) => huber(cosines(student), cosines(teacher)))

/**
 * (x_i - x_j)(x_k - x_j) / (|x_i - x_j| |x_k - x_j|), [j, i, k]; 0 where i or k is j. Out of inner products, since all
 * differences would be [batch, batch, features].
 */
function cosines(features: Tensor) {
  const { products, distances, others } = relations(features)
  const identity = sub(1, others)
  const length = sum(mul(products, identity), 1)
  const toward = (axis: number) => expandDims(products, axis)
  const inner = add(sub(sub(toward(0), toward(2)), toward(1)), expandDims(expandDims(length, 1), 2))
  // Any number does on the diagonal, which is taken out.
  const inverse = div(others, add(distances, identity))
  return mul(inner, mul(expandDims(inverse, 2), expandDims(inverse, 1)))
}
