// Hinton's soft targets (arXiv:1503.02531, section 2), as they are or of standardised logits.
import { add, div, mean, mul, sqrt, square, sub, type Tensor2D } from '@tensorflow/tfjs-core'
import { klDivergence } from './divergence.ts'
import type { Objective } from './objective.ts'

/**
 * T^2 KL(softmax(z_t / T) || softmax(z_s / T)), summed over classes, averaged over the batch. Direction: from the
 * teacher to the student. The factor T^2 keeps the gradient, which shrinks as 1 / T^2, on the labels' scale.
 * With `standardise` z is first the Z-score of each sample's logits (Sun et al., arXiv:2403.01427, algorithm 1; the
 * factor T^2 is algorithm 2's): neither scale nor shift of a model's logits counts any more.
 */
export const softTargets: Objective<'soft-targets'> = (lesson, { standardise }) => {
  const { logits, teacherLogits, temperature } = lesson
  const of = standardise ? standardised : (z: Tensor2D) => z
  const divergence = klDivergence(of(teacherLogits), of(logits), temperature)
  return mul(mul(temperature, temperature), divergence)
}

/** Less than any spread of logits that means something; keeps the division defined where all are equal. */
const smallest = 1e-7

/** Each row less its mean, over its standard deviation (divided by n, as in the paper's equation 9). */
function standardised(z: Tensor2D): Tensor2D {
  const centered = sub(z, mean(z, 1, true))
  // The square root's gradient is infinite at 0.
  const deviation = sqrt(add(mean(square(centered), 1, true), smallest ** 2))
  return div(centered, deviation)
}
