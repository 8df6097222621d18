// Reads arrays of numbers from NumPy's and safetensors' files.
import type { ResolvedArray } from '@retort/schema/given'
import { float16ToFloat32, parse } from 'npyjs'
import { readGiven } from '../../spec/given/files.ts'
import { isRecord } from '../../spec/schema.ts'
import { GivenProblem } from './source.ts'

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array

export interface NumberArray {
  dims: number[]
  values: ArrayLike<number | bigint>
  /** As NumPy names it: f4, i8. */
  type: string
}

/**
 * @param path of the array in the teacher, for errors
 * @throws GivenProblem when it is damaged or of another kind
 */
export function readArray(array: ResolvedArray, path: string[]): NumberArray {
  const bytes = readGiven(array)
  const problem = (message: string, at = 'file') => new GivenProblem(`${array.file}: ${message}`, [...path, at])
  const isNpy = bytes.subarray(0, 6).toString('latin1') === '\x93NUMPY'
  if (isNpy && array.tensor !== null) throw problem('a .npy file holds one array, without a name', 'tensor')
  return isNpy ? npy(bytes, problem) : safetensors(bytes, array.tensor, problem)
}

type Complain = (message: string, at?: string) => GivenProblem

function npy(bytes: Buffer, problem: Complain): NumberArray {
  let parsed: ReturnType<typeof parse>
  try {
    // A copy that begins where its buffer does, which is how npyjs wants it.
    parsed = parse(Uint8Array.from(bytes).buffer)
  } catch (error) {
    throw problem(`expected an array as numpy.save writes it: ${(error as Error).message}`)
  }
  const { shape: dims, dtype: type, fortranOrder } = parsed
  const values = parsed.data as unknown as Numbers
  const size = dims.reduce((product, length) => product * length, 1)
  if (values.length !== size) throw problem(`expected ${size} numbers for [${dims.join(', ')}], got ${values.length}`)
  if (fortranOrder && dims.length > 1) {
    throw problem('expected an array in C order, got Fortran order; numpy.ascontiguousarray gives it')
  }
  return { dims, values, type }
}

/** safetensors' types by NumPy's names, and how their bytes are read. */
const types: Record<string, { type: string; read(bytes: ArrayBuffer): NumberArray['values'] }> = {
  F64: { type: 'f8', read: (bytes) => new Float64Array(bytes) },
  F32: { type: 'f4', read: (bytes) => new Float32Array(bytes) },
  F16: { type: 'f2', read: (bytes) => Float32Array.from(new Uint16Array(bytes), float16ToFloat32) },
  I64: { type: 'i8', read: (bytes) => new BigInt64Array(bytes) },
  U64: { type: 'u8', read: (bytes) => new BigUint64Array(bytes) },
  I32: { type: 'i4', read: (bytes) => new Int32Array(bytes) },
  U32: { type: 'u4', read: (bytes) => new Uint32Array(bytes) },
  I16: { type: 'i2', read: (bytes) => new Int16Array(bytes) },
  U16: { type: 'u2', read: (bytes) => new Uint16Array(bytes) },
  I8: { type: 'i1', read: (bytes) => new Int8Array(bytes) },
  U8: { type: 'u1', read: (bytes) => new Uint8Array(bytes) },
}

/** The format: the header's length as a little-endian 64-bit number, the header in JSON, then the tensors' bytes. */
function safetensors(bytes: Buffer, name: string | null, problem: Complain): NumberArray {
  const what = 'expected a .npy or .safetensors file'
  if (bytes.length < 8) throw problem(`${what}, got ${bytes.length} bytes`)
  const length = Number(bytes.readBigUInt64LE(0))
  if (length > bytes.length - 8) throw problem(`${what}, got a header of ${length} bytes in ${bytes.length}`)
  let header: unknown
  try {
    header = JSON.parse(bytes.toString('utf8', 8, 8 + length))
  } catch (error) {
    throw problem(`${what}, got a header that is no JSON: ${(error as Error).message}`)
  }
  const names = isRecord(header) ? Object.keys(header).filter((each) => each !== '__metadata__') : []
  const shown = names.map((each) => JSON.stringify(each)).join(', ') || 'none'
  if (name !== null && !names.includes(name)) {
    throw problem(`expected one of its tensors: ${shown}, got ${JSON.stringify(name)}`, 'tensor')
  }
  if (name === null && names.length !== 1) throw problem(`it has several tensors: say which of ${shown}`, 'tensor')
  const own = name ?? names[0]!
  const { dtype, shape, data_offsets: offsets } = (header as Record<string, Record<string, unknown>>)[own] ?? {}
  const known = types[String(dtype)]
  if (known === undefined) {
    throw problem(`tensor "${own}": expected one of ${Object.keys(types).join(', ')}, got ${String(dtype)}`)
  }
  const isList = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0)
  if (!isList(shape) || !isList(offsets) || offsets.length !== 2) {
    throw problem(`tensor "${own}": expected a shape and two offsets, got ${JSON.stringify({ shape, offsets })}`)
  }
  const [start, end] = offsets.map((offset) => 8 + length + offset) as [number, number]
  const expected = shape.reduce((product, side) => product * side, Number(known.type[1]))
  if (end - start !== expected || end > bytes.length) {
    const got = Math.max(0, Math.min(end, bytes.length) - start)
    throw problem(`tensor "${own}": expected ${expected} bytes for ${String(dtype)} [${shape.join(', ')}], got ${got}`)
  }
  // Copied, since a typed array has to start at a multiple of its numbers' size.
  return { dims: shape, values: known.read(Uint8Array.from(bytes.subarray(start, end)).buffer), type: known.type }
}
