// Rows of length 1.
import { add, mul, rsqrt, square, sum, type Tensor2D } from '@tensorflow/tfjs-core'

/** Less than any length that means something; keeps the division defined, and its gradient finite, for rows of zeros. */
const smallest = 1e-12

export function normalised(rows: Tensor2D): Tensor2D {
  return mul(rows, rsqrt(add(sum(square(rows), 1, true), smallest)))
}
