// Relational distillation by distances, RKD-D (Park et al., arXiv:1904.05068, section 3.2.1).
import { div, sum, type Tensor } from '@tensorflow/tfjs-core'
import { overPairs } from './layerPairs.ts'
import type { Objective } from './objective.ts'
import { huber, relations } from './relations.ts'

/**
 * Huber loss of teacher's and student's distances between every two samples of the batch, each over its mean over all
 * pairs of two; averaged over batch x batch as in the authors' code (the paper sums), summed over the pairs of layers.
 * Any two shapes compare. Rotations, shifts and scales of the features change nothing. No temperature. The paper's
 * weight is 25.
 */
export const rkdDistance: Objective<'rkd-distance'> = (lesson, { layers }) =>
  overPairs(lesson, layers, (student, teacher) => huber(potential(student), potential(teacher)))

/** [batch, batch] */
function potential(features: Tensor) {
  const { distances } = relations(features)
  const batch = distances.shape[0]
  return div(distances, div(sum(distances), batch * (batch - 1)))
}
