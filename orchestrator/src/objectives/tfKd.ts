// Teacher-free distillation by a virtual teacher, Tf-KD_reg (Yuan et al., arXiv:1909.11723, section 4).
import { add, cast, mul, oneHot, scalar, type Tensor2D } from '@tensorflow/tfjs-core'
import { crossEntropy } from './crossEntropy.ts'
import { klDivergence } from './divergence.ts'
import type { LabelLoss } from './objective.ts'

/**
 * (1 - alpha) H(q, p) + alpha T^2 KL(p^d_T || p_T), summed over classes, averaged over the batch. The virtual teacher
 * p^d gives the right class the probability `correct` and every other (1 - correct) / (classes - 1); at temperature T
 * it is softmax(log p^d / T), the student softmax(z / T). The paper writes no T^2: it is here as in soft targets, so
 * that alpha means the same at every T (alpha / T^2 gives the paper's weight). The authors' code does otherwise: it
 * takes softmax(p^d / T) against the student without temperature, and averages over classes too.
 */
export const tfKd: LabelLoss<'tf-kd'> = (batch, { alpha, correct, temperature }) => {
  const { logits, labels, weights } = batch
  const classes = logits.shape[1]
  // A logit is free up to a constant: log p^d, less its value for the wrong classes.
  const lead = Math.log(correct) - Math.log((1 - correct) / (classes - 1))
  const virtual: Tensor2D = mul(cast(oneHot(labels, classes), 'float32'), lead)
  const divergence = klDivergence(virtual, logits, scalar(temperature), weights)
  return add(mul(crossEntropy(batch), 1 - alpha), mul(divergence, alpha * temperature ** 2))
}
