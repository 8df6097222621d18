// What relational distillation (Park et al., arXiv:1904.05068) compares: how samples of a batch lie to each other.
import {
  abs,
  add,
  eye,
  matMul,
  maximum,
  mean,
  minimum,
  mul,
  type Scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  transpose,
} from '@tensorflow/tfjs-core'
import { flat } from './layerPairs.ts'

/** Least squared distance; the square root's gradient is infinite at 0. */
const smallest = 1e-12

export interface Relations {
  /** Inner products of the samples, less the batch's mean, which keeps rounding small. [batch, batch] */
  products: Tensor2D
  /** Distances of the samples, 0 on the diagonal. [batch, batch] */
  distances: Tensor2D
  /** 0 on the diagonal, 1 elsewhere. [batch, batch] */
  others: Tensor2D
}

export function relations(features: Tensor): Relations {
  const rows = flat(features)
  const centered = sub(rows, mean(rows, 0, true)) as Tensor2D
  const products: Tensor2D = matMul(centered, centered, false, true)
  const lengths = sum(square(centered), 1, true)
  const squares = sub(add(lengths, transpose(lengths)), mul(products, 2))
  const others = sub(1, eye(rows.shape[0])) as Tensor2D
  return { products, distances: mul(sqrt(maximum(squares, smallest)), others) as Tensor2D, others }
}

/** Huber's loss with delta 1: half the square up to 1, linear beyond (equation 3); averaged. */
export function huber(one: Tensor, other: Tensor): Scalar {
  const distance = abs(sub(one, other))
  const near = minimum(distance, 1)
  return mean(mul(near, sub(distance, mul(near, 0.5))))
}
