// Divergences between predictions that are given as logits.
import { exp, logSoftmax, mean, mul, type Scalar, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core'

/**
 * KL(softmax(from) || softmax(to)), summed over classes, averaged over the batch. A class to which `from` gives
 * probability 0 adds 0.
 * @param from [batch, classes]
 * @param to [batch, classes]
 */
export const klDivergence = (from: Tensor2D, to: Tensor2D): Scalar => klFromLogs(logSoftmax(from), logSoftmax(to))

/** The same of logarithms of probabilities. */
export function klFromLogs(from: Tensor2D, to: Tensor2D): Scalar {
  return mean(sum(mul(exp(from), sub(from, to)), 1))
}
