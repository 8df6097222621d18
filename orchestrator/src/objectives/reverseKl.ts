// The divergence from the student to the teacher, which seeks modes where soft targets cover them (Gu et al.,
// arXiv:2306.08543, section 2; Agarwal et al., arXiv:2306.13649, section 2).
import { mul } from '@tensorflow/tfjs-core'
import { klDivergence } from './divergence.ts'
import type { Objective } from './objective.ts'

/**
 * T^2 KL(softmax(z_s / T) || softmax(z_t / T)), summed over classes, averaged over the batch. The papers have T = 1;
 * T^2 is here as in soft targets.
 */
export const reverseKl: Objective<'reverse-kl'> = ({ logits, teacherLogits, temperature }) =>
  mul(mul(temperature, temperature), klDivergence(logits, teacherLogits, temperature))
