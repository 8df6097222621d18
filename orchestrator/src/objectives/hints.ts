// FitNets' hints (Romero et al., arXiv:1412.6550, equation 3).
import {
  add,
  conv2d,
  matMul,
  mean,
  square,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core'
import { overPairs } from './layerPairs.ts'
import type { Objective, OwnWeights } from './objective.ts'

/**
 * Mean over batch and features of (r(f_s) - f_t)^2, summed over the pairs of layers. The regressor r is a dense layer
 * for [batch, units], a 1 x 1 convolution for [batch, height, width, channels], each with a bias; it is trained with
 * the student. Height and width must be equal. No temperature. The paper sums half the squares, trains up to the hint
 * in a stage of its own, and has a wider kernel where sizes differ; the mean beside the other terms is RepDistiller's.
 */
export const hints: Objective<'hints'> = (lesson, { layers }, weights) =>
  overPairs(lesson, layers, (student, teacher, index) => {
    const [kernel, bias] = weights.slice(2 * index) as [Tensor, Tensor]
    const guess =
      kernel.rank === 2
        ? matMul(student as Tensor2D, kernel as Tensor2D)
        : conv2d(student as Tensor4D, kernel as Tensor4D, 1, 'same')
    return mean(square(sub(add(guess, bias), teacher)))
  })

/** A kernel and a bias for each pair. */
export const regressors: OwnWeights<'hints'> = ({ layers }, shapes) =>
  layers.flatMap(({ student, teacher }) => {
    const [from, to] = [shapes.student[student]!, shapes.teacher[teacher]!]
    const [inputs, outputs] = [from.at(-1)!, to.at(-1)!]
    return [[...from.slice(0, -1).map(() => 1), inputs, outputs], [outputs]]
  })
