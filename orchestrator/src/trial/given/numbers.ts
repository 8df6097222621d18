// Numbers as tensors of an ONNX model's types, and back.
import { Tensor } from 'onnxruntime-node'
import { toHalves, wholeOf } from '../halves.ts'
import { GivenProblem } from './source.ts'

type Numbers = Float32Array | Float64Array | Int32Array

/** By ONNX's whole numbers: what holds them, and the least and largest. */
const integers: Record<string, [make: (values: number[]) => Tensor.DataType, least: number, largest: number]> = {
  uint8: [(values) => Uint8Array.from(values), 0, 255],
  int8: [(values) => Int8Array.from(values), -128, 127],
  uint16: [(values) => Uint16Array.from(values), 0, 65535],
  int16: [(values) => Int16Array.from(values), -32768, 32767],
  int32: [(values) => Int32Array.from(values), -(2 ** 31), 2 ** 31 - 1],
  int64: [(values) => BigInt64Array.from(values, BigInt), Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
}

const floats = ['float16', 'float32', 'float64']

/** What inputs can be. */
export const numberTypes = [...floats, ...Object.keys(integers)]

export const isWhole = (type: string): boolean => Object.hasOwn(integers, type)

/** @throws GivenProblem where a type of whole numbers is to hold others */
export function tensorOf(type: string, values: Numbers, dims: number[]): Tensor {
  if (type === 'float32')
    return new Tensor('float32', values instanceof Float32Array ? values : Float32Array.from(values), dims)
  if (type === 'float64') return new Tensor('float64', Float64Array.from(values), dims)
  if (type === 'float16') return halfTensor(Float32Array.from(values), dims)
  const [make, least, largest] = integers[type]!
  const whole = Array.from(values, (value) => {
    const near = Math.round(value)
    // Bytes that were standardised and taken back miss by what float32 has lost.
    if (Math.abs(value - near) < 1e-3 && near >= least && near <= largest) return near
    const expected = `whole numbers from ${least} to ${largest}, since its input is ${type}`
    throw new GivenProblem(`expected ${expected}, got ${value}; "none" gives the data's own`, ['normalisation'])
  })
  return new Tensor(type as 'int32', make(whole) as Int32Array, dims)
}

/** Node 24 has an array of halves, which onnxruntime's tensors then have and its native code cannot read: it gets bits. */
function halfTensor(numbers: Float32Array, dims: number[]): Tensor {
  const large = numbers.find((value) => !(Math.abs(value) <= 65504))
  if (large !== undefined) {
    const expected = 'numbers of at most 65504, since its input is float16'
    throw new GivenProblem(`expected ${expected}, got ${large}`, ['normalisation'])
  }
  const bits = toHalves(numbers)
  return Object.defineProperty(new Tensor('float16', bits, dims), 'data', { value: bits })
}

/** Of scores or probabilities of any type of numbers. */
export function float32Of({ data, type }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data
  if (type === 'float16' && data instanceof Uint16Array) return wholeOf(data)
  return Float32Array.from(data as ArrayLike<number>, Number)
}
