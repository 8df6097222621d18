// Hinton's soft targets (arXiv:1503.02531, section 2).
import { add, div, exp, logSoftmax, mean, mul, type Scalar, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core'
import { crossEntropy } from './crossEntropy.ts'
import type { Objective } from './objective.ts'

/**
 * hard * CE(y, z_s) + soft * T^2 * KL(softmax(z_t / T) || softmax(z_s / T)), summed over classes, averaged over the
 * batch. Direction: from the teacher to the student. The factor T^2 keeps the soft part's gradient, which shrinks
 * as 1 / T^2, on the hard part's scale.
 */
export const softTargets: Objective = (batch, { teacherLogits, temperature, hardWeight, softWeight }) => {
  const hard = crossEntropy(batch)
  const divergence = klDivergence(teacherLogits, batch.logits, temperature)
  const soft: Scalar = mul(mul(temperature, temperature), divergence)
  return { loss: add(mul(hardWeight, hard), mul(softWeight, soft)), hard, soft }
}

/** KL(softmax(z_t / T) || softmax(z_s / T)); a class the teacher gives probability 0 adds 0. */
function klDivergence(teacher: Tensor2D, student: Tensor2D, temperature: Scalar): Scalar {
  const teacherLog = logSoftmax(div(teacher, temperature))
  const studentLog = logSoftmax(div(student, temperature))
  return mean(sum(mul(exp(teacherLog), sub(teacherLog, studentLog)), 1))
}
