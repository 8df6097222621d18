// Rules for kernels that count elements.
import type { BincountAttrs, DenseBincountAttrs, SearchSortedAttrs } from '@tensorflow/tfjs-core'
import { add, apply, cast, expand, reduce, reshape, slice } from '../graph/build.ts'
import { constant, constantNumbers, scalar, size, type Value } from '../graph/value.ts'
import type { Rules } from '../record/kernelTypes.ts'
import { plainValue, type Recorded, whole } from '../record/recorded.ts'
import { castTo } from './combine.ts'

interface Counted {
  x: Recorded
  weights: Recorded
}

/** For each row of a matrix x or for all of x, how often each number below `length` is in it, or the sum of its weights. */
function counts({ x, weights }: Counted, length: number, binary: boolean): Recorded {
  if (constantNumbers(x.value)?.some((n) => n < 0)) throw new Error('Input x must be non-negative!')
  const rows = x.shape.length === 2 ? x.shape[0]! : 1
  const { dtype } = weights
  const numbers = reshape(whole(castTo(x, 'int32')), [rows, size(x.shape) / rows])
  // Numbers that are not counted fall behind the others.
  const kept = apply('Min', [numbers, scalar(length, 'int32')])
  const starts = Int32Array.from({ length: rows }, (_, i) => i * (length + 1))
  const places = add(kept, constant(starts, [rows, 1], 'int32'))
  const total = size(x.shape)
  const each =
    binary || size(weights.shape) === 0 ? expand(scalar(1, dtype), [total]) : reshape(whole(weights), [total])
  const zeros = expand(scalar(0, dtype), [rows * (length + 1)])
  const attributes = { reduction: binary ? 'none' : 'add' }
  const sums = apply('ScatterND', [zeros, cast(reshape(places, [total, 1]), 'int64'), each], attributes)
  const table = slice(reshape(sums, [rows, length + 1]), [1], [0], [length])
  return plainValue(x.shape.length === 2 ? table : reshape(table, [length]))
}

/** For each value how many elements of its row's sorted sequence lie before it. */
function before(sequence: Value, values: Value, side: SearchSortedAttrs['side']): Value {
  const [rows, length] = sequence.shape as [number, number]
  const less = apply(side === 'left' ? 'Less' : 'LessOrEqual', [
    reshape(sequence, [rows, 1, length]),
    reshape(values, [...values.shape, 1]),
  ])
  return reduce('ReduceSum', cast(less, 'int32'), [2], false)
}

export const counting = {
  Bincount: (operands: Counted, { size: length }: BincountAttrs) => counts(operands, length, false),
  DenseBincount: (operands: Counted, { size: length, binaryOutput }: DenseBincountAttrs) =>
    counts(operands, length, binaryOutput ?? false),
  SearchSorted: (
    { sortedSequence, values }: Record<'sortedSequence' | 'values', Recorded>,
    { side }: SearchSortedAttrs,
  ) => plainValue(before(whole(sortedSequence), whole(castTo(values, sortedSequence.dtype)), side)),
} satisfies Rules
