// Divergences between predictions that are given as logits.
import { exp, mul, type Scalar, sub, sum, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core'
import { meanOfRows } from './meanOfRows.ts'
import { logProbabilities } from './softened.ts'

/**
 * KL(softmax(from / T) || softmax(to / T)), summed over classes, averaged over the batch. A class to which `from` gives
 * probability 0 adds 0.
 * @param from [batch, classes]
 * @param to [batch, classes]
 * @param weights [batch], how much each row counts
 */
export const klDivergence = (from: Tensor2D, to: Tensor2D, temperature: Scalar, weights?: Tensor1D): Scalar =>
  klFromLogs(logProbabilities(from, temperature), logProbabilities(to, temperature), weights)

/** The same of logarithms of probabilities, which are finite. */
export function klFromLogs(from: Tensor2D, to: Tensor2D, weights?: Tensor1D): Scalar {
  return meanOfRows(sum(mul(exp(from), sub(from, to)), 1), weights)
}
