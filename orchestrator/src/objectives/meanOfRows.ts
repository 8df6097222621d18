// The mean over a batch, of whose rows some may count more than others.
import { mean, mul, type Scalar, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core'

/**
 * @param rows [batch] or [batch, values]
 * @param weights [batch]; the mean is that of weight times row, not divided by the weights' sum
 */
export function meanOfRows(rows: Tensor, weights: Tensor1D | undefined): Scalar {
  if (weights === undefined) return mean(rows)
  return mean(mul(weights, rows.rank === 1 ? rows : mean(rows, 1)))
}
