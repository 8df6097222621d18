// The types of numbers that files of arrays hold: how their bytes become numbers, little-endian or big-endian.

export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

interface NumberKind {
  /** Of one number. */
  bytes: number
  /** From little-endian bytes that begin where their buffer does. */
  read(bytes: ArrayBuffer): Numbers
}

const floats = (bytes: ArrayBuffer, toFloat: (bits: number) => number) =>
  Float32Array.from(new Uint16Array(bytes), toFloat)

const kinds = {
  bool: { bytes: 1, read: (bytes) => new Uint8Array(bytes).map((value) => (value === 0 ? 0 : 1)) },
  uint8: { bytes: 1, read: (bytes) => new Uint8Array(bytes) },
  int8: { bytes: 1, read: (bytes) => new Int8Array(bytes) },
  uint16: { bytes: 2, read: (bytes) => new Uint16Array(bytes) },
  int16: { bytes: 2, read: (bytes) => new Int16Array(bytes) },
  uint32: { bytes: 4, read: (bytes) => new Uint32Array(bytes) },
  int32: { bytes: 4, read: (bytes) => new Int32Array(bytes) },
  uint64: { bytes: 8, read: (bytes) => new BigUint64Array(bytes) },
  int64: { bytes: 8, read: (bytes) => new BigInt64Array(bytes) },
  float16: { bytes: 2, read: (bytes) => floats(bytes, halfToFloat) },
  bfloat16: { bytes: 2, read: (bytes) => floats(bytes, brainToFloat) },
  float32: { bytes: 4, read: (bytes) => new Float32Array(bytes) },
  float64: { bytes: 8, read: (bytes) => new Float64Array(bytes) },
} as const satisfies Record<string, NumberKind>

/** As NumPy names them; bfloat16 is the upper half of a float32. */
export type NumberType = keyof typeof kinds

export const typeNames = Object.keys(kinds) as NumberType[]

/** Types of fractions, and of whole numbers. */
export const floatTypes: readonly NumberType[] = ['float16', 'bfloat16', 'float32', 'float64']
export const integerTypes: readonly NumberType[] = typeNames.filter((type) => /^u?int/.test(type))

export const bytesOf = (type: NumberType): number => kinds[type].bytes

/** An array as a file holds it. */
export interface NumberArray {
  dims: number[]
  /** In C order: the last axis goes fastest. */
  values: Numbers
  type: NumberType
}

/** What a number array's reader throws: `at` says whether the file or the name of an array in it is wrong. */
export type Complain = (message: string, at?: 'file' | 'name') => Error

/** @param bytes of whole numbers of the type; they are copied, since a typed array starts at a multiple of its numbers' size */
export function numbersIn(bytes: Uint8Array, type: NumberType, bigEndian = false): Numbers {
  const own = new Uint8Array(bytes)
  if (bigEndian) swap[bytesOf(type)]?.(Buffer.from(own.buffer))
  return kinds[type].read(own.buffer)
}

/** The other order of bytes, in place, by the bytes of a number. */
const swap: Record<number, (bytes: Buffer) => void> = {
  2: (bytes) => bytes.swap16(),
  4: (bytes) => bytes.swap32(),
  8: (bytes) => bytes.swap64(),
}

/** IEEE 754's half precision: 1 sign bit, 5 of the exponent, 10 of the fraction. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

const [wholeBits, wholeFloat] = (() => {
  const bits = new Uint32Array(1)
  return [bits, new Float32Array(bits.buffer)]
})()

function brainToFloat(bits: number): number {
  wholeBits[0] = bits << 16
  return wholeFloat[0] as number
}
