// What an operator is to the graph, and the kinds of which there are many: element-wise ones and reductions.
import { type Attributes, constantNumbers, type ElementType, type TensorType, type Value } from './value.ts'

export type AttributeKind = 'int' | 'ints' | 'float' | 'string'

export interface Operator {
  /** Where it is not the ONNX standard's: the operator's domain and its name there. */
  domain?: string
  type?: string
  attributes?: Readonly<Record<string, AttributeKind>>
  /** The first output that may be left out, if any may. */
  optional?: number
  /** Types of the outputs; throws an Error that says what does not fit. */
  infer(inputs: readonly (Value | undefined)[], attributes: Attributes): TensorType[]
}

export type Inputs = readonly (Value | undefined)[]

export function required(inputs: Inputs, index: number): Value {
  const value = inputs[index]
  if (!value) throw new Error(`input ${index} is missing`)
  return value
}

export function expectType(value: Value, allowed: readonly ElementType[], what: string): void {
  if (!allowed.includes(value.type)) throw new Error(`${what} must be ${allowed.join(' or ')}, got ${value.type}`)
}

export function numbers(inputs: Inputs, index: number, what: string): number[] {
  const values = constantNumbers(inputs[index])
  if (!values) throw new Error(`${what} must be a constant`)
  return values
}

export function broadcast(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length))
  return Array.from({ length: rank }, (_, i) => {
    let dimension = 1
    for (const shape of shapes) {
      const n = shape[i - rank + shape.length] ?? 1
      if (n === 1 || n === dimension) continue
      if (dimension !== 1) throw new Error(`shapes ${shapes.map((s) => `[${s}]`).join(' and ')} do not broadcast`)
      dimension = n
    }
    return dimension
  })
}

export const NUMERIC: ElementType[] = ['float32', 'int32', 'int64']
export const FLOAT: ElementType[] = ['float32']
export const BOOL: ElementType[] = ['bool']

export function unary(types: ElementType[], result?: ElementType, attributes?: Operator['attributes']): Operator {
  return {
    attributes,
    infer: (inputs) => {
      const x = required(inputs, 0)
      expectType(x, types, 'input')
      return [{ shape: x.shape, type: result ?? x.type }]
    },
  }
}

export function binary(types: ElementType[], result?: ElementType, attributes?: Operator['attributes']): Operator {
  return {
    attributes,
    infer: (inputs) => {
      const [a, b] = [required(inputs, 0), required(inputs, 1)]
      expectType(a, types, 'first input')
      if (a.type !== b.type) throw new Error(`inputs differ in type: ${a.type} and ${b.type}`)
      return [{ shape: broadcast(a.shape, b.shape), type: result ?? a.type }]
    },
  }
}

export function reducedShape(shape: readonly number[], axes: readonly number[], keep: boolean): number[] {
  for (const axis of axes) if (axis < 0 || axis >= shape.length) throw new Error(`axis ${axis} outside [${shape}]`)
  return keep ? shape.map((n, i) => (axes.includes(i) ? 1 : n)) : shape.filter((_, i) => !axes.includes(i))
}

export const reduction = (types: ElementType[] = NUMERIC): Operator => ({
  attributes: { keepdims: 'int' },
  infer: (inputs, { keepdims }) => {
    const x = required(inputs, 0)
    expectType(x, types, 'input')
    return [{ shape: reducedShape(x.shape, numbers(inputs, 1, 'axes'), keepdims === 1), type: x.type }]
  },
})

export const argument: Operator = {
  attributes: { axis: 'int', keepdims: 'int', select_last_index: 'int' },
  infer: (inputs, { axis, keepdims }) => [
    { shape: reducedShape(required(inputs, 0).shape, [axis as number], keepdims === 1), type: 'int64' },
  ],
}
