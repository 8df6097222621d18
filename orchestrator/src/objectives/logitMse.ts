// Regression of the teacher's logits (Ba and Caruana, arXiv:1312.6184, equation 1).
import { mean, mul, square, sub, sum } from '@tensorflow/tfjs-core'
import type { Objective } from './objective.ts'

/**
 * |z_s - z_t|^2 / 2, summed over classes, averaged over the batch. No temperature. Up to a constant and the logits'
 * means it is what soft targets come to at high temperatures, times the number of classes.
 */
export const logitMse: Objective<'logit-mse'> = ({ logits, teacherLogits }) =>
  mul(mean(sum(square(sub(logits, teacherLogits)), 1)), 0.5)
