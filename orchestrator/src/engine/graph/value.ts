// A graph of ONNX operators as plain data. A value knows what it comes from and nothing knows all values, so a
// value that nobody holds any more is garbage, and what is encoded is only what the results need.
import type { OperatorName } from './operatorNames.ts'

export type ElementType = 'float32' | 'int32' | 'bool' | 'int64'

export type Data = Float32Array | Int32Array | Uint8Array | BigInt64Array

/** Shape and element type of a value. */
export interface TensorType {
  readonly shape: readonly number[]
  readonly type: ElementType
}

export type Attributes = Readonly<Record<string, number | string | readonly number[]>>

/** One operator's application. Optional inputs that are left out are undefined. */
export interface Operation {
  readonly kind: 'operation'
  readonly operator: OperatorName
  readonly inputs: readonly (Value | undefined)[]
  readonly attributes: Attributes
  readonly outputs: readonly Value[]
}

export interface Constant {
  readonly kind: 'constant'
  readonly data: Data
}

/** Something that is fed when the graph runs: an input of the step or the state of a variable. */
export interface Placeholder {
  readonly kind: 'placeholder'
  readonly name: string
}

export interface Value extends TensorType {
  readonly from: Operation | Constant | Placeholder
  /** Which output of its operation this is. */
  readonly index: number
}

export const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i])

export const typeText = ({ type, shape }: TensorType): string => `${type}[${shape.join(',')}]`

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array, int64: BigInt64Array } as const

export function newData(type: ElementType, length: number): Data {
  return new ARRAYS[type](length)
}

export function placeholder(name: string, shape: readonly number[], type: ElementType): Value {
  return { shape, type, index: 0, from: { kind: 'placeholder', name } }
}

export function constant(data: Data, shape: readonly number[], type: ElementType): Value {
  if (data.length !== size(shape)) {
    throw new Error(`A constant of ${typeText({ shape, type })} needs ${size(shape)} elements, got ${data.length}`)
  }
  return { shape, type, index: 0, from: { kind: 'constant', data } }
}

export function scalar(value: number, type: ElementType = 'float32'): Value {
  const data = newData(type, 1)
  data[0] = type === 'int64' ? BigInt(value) : value
  return constant(data, [], type)
}

/** A list of whole numbers as ONNX wants it for shapes, axes, starts and ends. */
export function integers(values: readonly number[]): Value {
  return constant(BigInt64Array.from(values, BigInt), [values.length], 'int64')
}

export function constantData(value: Value): Data | undefined {
  return value.from.kind === 'constant' ? value.from.data : undefined
}

export function constantNumbers(value: Value | undefined): number[] | undefined {
  const data = value && constantData(value)
  return data && Array.from(data as ArrayLike<number | bigint>, Number)
}

/** The number that a constant of one element holds. */
export function constantScalar(value: Value): number | undefined {
  const data = constantData(value)
  return data && data.length === 1 ? Number(data[0]) : undefined
}
