// Reads the tensors of a .safetensors file: the header's length as a little-endian 64-bit number, the header in JSON,
// then the tensors' bytes.
import { isRecord } from '../spec/schema.ts'
import { bytesOf, type Complain, type NumberArray, type NumberType, numbersIn } from './numberTypes.ts'

/** By the format's names. */
const types: Record<string, NumberType> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  U64: 'uint64',
  I32: 'int32',
  U32: 'uint32',
  I16: 'int16',
  U16: 'uint16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
}

export interface Safetensors {
  names: string[]
  /** @param name one of `names` */
  read(name: string): NumberArray
}

/** @throws what `problem` makes, also where a tensor is read that is damaged or of another type */
export function readSafetensors(bytes: Buffer, problem: Complain): Safetensors {
  const what = 'expected a .npy, .npz or .safetensors file'
  if (bytes.length < 8) throw problem(`${what}, got ${bytes.length} bytes`)
  const length = Number(bytes.readBigUInt64LE(0))
  if (length > bytes.length - 8) throw problem(`${what}, got a header of ${length} bytes in ${bytes.length}`)
  let header: unknown
  try {
    header = JSON.parse(bytes.toString('utf8', 8, 8 + length))
  } catch (error) {
    throw problem(`${what}, got a header that is no JSON: ${(error as Error).message}`)
  }
  const tensors = isRecord(header) ? header : {}
  return {
    names: Object.keys(tensors).filter((each) => each !== '__metadata__'),
    read(name) {
      const { dtype, shape, data_offsets: offsets } = isRecord(tensors[name]) ? tensors[name] : {}
      const type = types[String(dtype)]
      if (type === undefined) {
        throw problem(`tensor "${name}": expected one of ${Object.keys(types).join(', ')}, got ${String(dtype)}`)
      }
      if (!isList(shape) || !isList(offsets) || offsets.length !== 2) {
        throw problem(`tensor "${name}": expected a shape and two offsets, got ${JSON.stringify({ shape, offsets })}`)
      }
      const [start, end] = offsets.map((offset) => 8 + length + offset) as [number, number]
      const expected = shape.reduce((product, side) => product * side, bytesOf(type))
      if (end - start !== expected || end > bytes.length) {
        const got = Math.max(0, Math.min(end, bytes.length) - start)
        throw problem(
          `tensor "${name}": expected ${expected} bytes for ${String(dtype)} [${shape.join(', ')}], got ${got}`,
        )
      }
      return { dims: shape, values: numbersIn(bytes.subarray(start, end), type), type }
    },
  }
}

const isList = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0)
