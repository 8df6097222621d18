// Distillation from a stronger teacher, DIST (Huang et al., arXiv:2205.10536, equations 7 to 10).
import { add, mean, mul, rsqrt, type Scalar, softmax, square, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core'
import type { Objective } from './objective.ts'
import { softened } from './softened.ts'

/**
 * T^2 (inter L_inter + intra L_intra) of the predictions softmax(z / T). L_inter is one minus Pearson's correlation of
 * teacher and student over the classes of a sample, averaged over the batch; L_intra the same over the samples of a
 * class, averaged over the classes. Symmetric, and blind to scale and shift of the predictions. T^2 as in the
 * authors' code.
 */
export const dist: Objective<'dist'> = (lesson, { inter, intra }) => {
  const { logits, teacherLogits, temperature } = lesson
  const student: Tensor2D = softmax(softened(logits, temperature))
  const teacher: Tensor2D = softmax(softened(teacherLogits, temperature))
  const distance = add(
    mul(pearsonDistance(student, teacher, 1), inter),
    mul(pearsonDistance(student, teacher, 0), intra),
  )
  return mul(mul(temperature, temperature), distance)
}

/** Less than any spread of probabilities that float32 tells from rounding; keeps the division defined where all are equal. */
const smallest = 1e-6

/** One minus the correlation along an axis, averaged over the other; 1 where one of them does not vary. */
export function pearsonDistance(one: Tensor2D, other: Tensor2D, axis: 0 | 1): Scalar {
  const [a, b] = [unit(one, axis), unit(other, axis)]
  return sub(1, mean(sum(mul(a, b), axis)))
}

/** Centered, and of length 1. */
function unit(x: Tensor2D, axis: 0 | 1): Tensor2D {
  const centered = sub(x, mean(x, axis, true))
  // The square root's gradient is infinite at 0.
  return mul(centered, rsqrt(add(sum(square(centered), axis, true), smallest ** 2)))
}
