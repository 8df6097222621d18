// What the recorder holds for one TensorFlow.js tensor: a graph value with the order in which its axes lie, and the
// conversions between orders. A value may be smaller than its tensor where it only repeats (ones, the gradient of a
// sum): it is stretched when an operator needs it whole, and most never do.
import { expand, reshape, transpose } from '../graph/build.ts'
import { scalar, size, type Value } from '../graph/value.ts'

export type DType = 'float32' | 'int32' | 'bool'

/** 'plain': TensorFlow.js's order. 'channelsFirst': rank 4, [N,H,W,C] lies as [N,C,H,W], as convolutions want it. */
export type Layout = 'plain' | 'channelsFirst'

export interface Recorded {
  /** Its shape broadcasts to the tensor's (in the order of `layout`): same rank, or a scalar. */
  value: Value
  /** The tensor's shape. */
  shape: number[]
  dtype: DType
  layout: Layout
}

const TO_FIRST = [0, 3, 1, 2]
const TO_LAST = [0, 2, 3, 1]

export const channelsFirst = (shape: readonly number[]): number[] => TO_FIRST.map((i) => shape[i]!)

/** Where a tensor's axis lies in its value. */
export const axisIn = (layout: Layout, axis: number): number => (layout === 'plain' ? axis : [0, 2, 3, 1][axis]!)

export function plainValue(value: Value, shape: readonly number[] = value.shape): Recorded {
  return { value, shape: [...shape], dtype: value.type as DType, layout: 'plain' }
}

/** A channels-first value as the tensor [N,H,W,C] it stands for. */
export function imageValue(value: Value): Recorded {
  const shape = TO_LAST.map((i) => value.shape[i]!)
  return { value, shape, dtype: value.type as DType, layout: 'channelsFirst' }
}

/** A tensor that is one number everywhere. */
export function uniform(number: number, shape: readonly number[], dtype: DType): Recorded {
  return { value: scalar(number, dtype), shape: [...shape], dtype, layout: 'plain' }
}

// One transpose serves all consumers of a value.
const reordered = new WeakMap<Value, Value>()

function reorder(value: Value, perm: number[]): Value {
  let result = reordered.get(value)
  if (!result) {
    result = transpose(value, perm)
    reordered.set(value, result)
    reordered.set(result, value)
  }
  return result
}

/**
 * The value of an operand of an element-wise operation whose result has this layout and rank. It may be smaller
 * than the tensor and broadcasts with the other operands.
 */
export function operand(tensor: Recorded, layout: Layout, rank: number): Value {
  const { value } = tensor
  if (value.shape.length === 0 || layout === tensor.layout) return value
  if (layout === 'plain') return reorder(value, TO_LAST)
  if (rank !== 4) throw new Error(`Channels-first values have rank 4, got ${rank}`)
  const shape = [...Array(4 - value.shape.length).fill(1), ...value.shape]
  return reorder(reshape(value, shape), TO_FIRST)
}

/** The layout in which operands are best combined: channels first as soon as one lies so. */
export function commonLayout(operands: readonly Recorded[]): Layout {
  return operands.some((t) => t.layout === 'channelsFirst') ? 'channelsFirst' : 'plain'
}

/** The whole tensor in TensorFlow.js's order. */
export function whole(tensor: Recorded): Value {
  return stretch(operand(tensor, 'plain', tensor.shape.length), tensor.shape)
}

/** The whole tensor, rank 4, as [N,C,H,W]. */
export function image(tensor: Recorded): Value {
  return stretch(operand(tensor, 'channelsFirst', 4), channelsFirst(tensor.shape))
}

/** The whole tensor as it lies. */
export function asItLies(tensor: Recorded): Value {
  return tensor.layout === 'plain' ? whole(tensor) : image(tensor)
}

function stretch(value: Value, shape: readonly number[]): Value {
  // A scalar of one element is the tensor but for its rank.
  return size(shape) === 1 && size(value.shape) === 1 ? reshape(value, shape) : expand(value, shape)
}
