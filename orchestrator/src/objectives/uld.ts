// Universal logit distillation (Boizard et al., arXiv:2402.12030, section 3.2): predictions without their classes'
// names, which teacher and student need not share.
import {
  abs,
  add,
  cast,
  customGrad,
  div,
  gather,
  maximum,
  mean,
  mul,
  neg,
  pad,
  range,
  reshape,
  type Scalar,
  sign,
  slice,
  softmax,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  topk,
  zerosLike,
} from '@tensorflow/tfjs-core'
import type { Objective } from './objective.ts'
import { softened } from './softened.ts'

/**
 * T times the L1 distance of the probabilities softmax(z / T) of teacher and student, each sorted by size; summed over
 * classes, averaged over the batch. Symmetric, between 0 and 2T. Where one has fewer classes it has zeros for the others.
 * The factor T keeps the gradient, which shrinks as 1 / T, on the labels' scale; the paper has T = 1.
 *
 * Of a teacher with other tokens the mean is over the positions at which both predict a token that begins at the same
 * place of the text, 0 where a batch has none. The paper pairs the positions of a sequence by their index, whatever text
 * they stand at, and cuts the longer sequence off.
 */
export const uld: Objective<'uld'> = ({ logits, teacherLogits, temperature, aligned = null }) => {
  const probabilities = (z: Tensor2D): Tensor2D => softmax(softened(z, temperature))
  const theirs = probabilities(teacherLogits)
  // Those of other tokens are sorted already.
  const sorted: Tensor2D = aligned === null ? topk(theirs, theirs.shape[1]).values : theirs
  return mul(temperature, averaged(sortedDistance(sorted, probabilities(logits)), aligned))
}

/** @param aligned 1 for each value that counts, 0 for the others; null where all do */
function averaged(values: Tensor1D, aligned: Tensor1D | null): Scalar {
  if (aligned === null) return mean(values)
  return div(sum(mul(values, aligned)), maximum(sum(aligned), 1))
}

/**
 * @param sorted the teacher's, [batch, its classes], the largest first; a constant, though the student is not
 * @returns [batch]
 */
function sortedDistance(sorted: Tensor2D, student: Tensor2D): Tensor1D {
  const [theirs, ours] = [sorted.shape[1], student.shape[1]]
  const shared =
    theirs < ours
      ? (pad(sorted, [
          [0, 0],
          [0, ours - theirs],
        ]) as Tensor2D)
      : sorted
  // Where a class stands is a constant between any two equals, so the student need not be sorted itself.
  const partners = customGrad((...inputs: unknown[]) => ({
    value: inOrderOf(inputs[0] as Tensor2D, shared),
    gradFunc: (dy: Tensor) => zerosLike(dy),
  }))(student)
  const gap = sub(student, partners)
  // Of gradient 0 where the gap is 0, other than abs.
  const distance: Tensor1D = sum(mul(gap, sign(gap)), 1)
  if (theirs <= ours) return distance
  return add(distance, sum(abs(slice(sorted, [0, ours], [-1, theirs - ours])), 1))
}

/**
 * Gives each element of x its partner of the same rank.
 * @param x [batch, n]
 * @param sorted [batch, n or more], the largest first
 * @returns [batch, n]
 */
function inOrderOf(x: Tensor2D, sorted: Tensor2D): Tensor2D {
  const [batch, n] = x.shape
  const order = topk(x, n).indices
  // Sorting the places gives the ranks; float32 holds them up to 2^24.
  const ranks = topk(neg(cast(order, 'float32')), n).indices
  const width = sorted.shape[1]
  const starts = reshape(mul(range(0, batch, 1, 'int32'), width), [batch, 1])
  const values: Tensor = reshape(sorted, [batch * width])
  return gather(values, cast(add(ranks, starts), 'int32')) as Tensor2D
}
