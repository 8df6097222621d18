// How element-wise operations treat layouts and broadcasting: operands are brought to one layout, and the result may
// be smaller than the tensor it stands for.
import { cast, reshape } from '../graph/build.ts'
import { broadcast } from '../graph/operatorKinds.ts'
import type { Value } from '../graph/value.ts'
import { commonLayout, type DType, operand, type Recorded } from '../record/recorded.ts'

/** Combines tensors element by element. `build` gets values that broadcast with each other. */
export function combine(tensors: Recorded[], build: (...values: Value[]) => Value): Recorded {
  const shape = broadcast(...tensors.map((t) => t.shape))
  const rank = shape.length
  const layout = rank === 4 ? commonLayout(tensors) : 'plain'
  const value = build(...tensors.map((t) => operand(t, layout, rank)))
  return { value: withRank(value, rank), shape, dtype: value.type as DType, layout }
}

function withRank(value: Value, rank: number): Value {
  const missing = rank - value.shape.length
  return value.shape.length === 0 || missing === 0
    ? value
    : reshape(value, [...Array<number>(missing).fill(1), ...value.shape])
}

/** The tensor with elements of another type. */
export function castTo(tensor: Recorded, dtype: DType): Recorded {
  return tensor.dtype === dtype ? tensor : { ...tensor, value: cast(tensor.value, dtype), dtype }
}

export const float = (tensor: Recorded): Recorded => castTo(tensor, 'float32')
