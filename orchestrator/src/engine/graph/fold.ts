// Moves constants into the order in which they are used, so that an exported model does not reorder its weights.
import { constant, constantData, type Data, newData, type Operation, size, type Value } from './value.ts'

/** The result of an operation that only rearranges a constant, or undefined. */
export function foldRearranged(operation: Operation, inputs: readonly (Value | undefined)[]): Value | undefined {
  const source = inputs[0]
  const data = source && constantData(source)
  const result = operation.outputs[0]!
  if (!data) return undefined
  if (operation.operator === 'Reshape') return constant(data, result.shape, result.type)
  if (operation.operator !== 'Transpose') return undefined
  return constant(rearranged(data, source, operation.attributes.perm as number[]), result.shape, result.type)
}

function rearranged(data: Data, { shape, type }: Value, perm: readonly number[]): Data {
  const strides = shape.map((_, i) => size(shape.slice(i + 1)))
  const lengths = perm.map((axis) => shape[axis]!)
  const steps = perm.map((axis) => strides[axis]!)
  const result = newData(type, data.length)
  const at = lengths.map(() => 0)
  let from = 0
  for (let i = 0; i < data.length; i++) {
    result[i] = data[from]!
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      from += steps[axis]!
      if (++at[axis]! < lengths[axis]!) break
      from -= steps[axis]! * lengths[axis]!
      at[axis] = 0
    }
  }
  return result
}
