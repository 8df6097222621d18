// Reads NumPy's arrays: bytes and floats as inputs, whole numbers as labels.
import { parse } from 'npyjs'
import type { NamedArray } from './arrays.ts'
import { DatasetProblem } from './data.ts'

type Place = Pick<NamedArray<unknown>, 'file' | 'key'>
type Numbers = ReturnType<typeof parse>['data']

/** What npy's short type names stand for. */
const inputTypes: Record<string, (values: Numbers) => Uint8Array | Float32Array> = {
  u1: (values) => values as Uint8Array,
  f4: (values) => values as Float32Array,
  f8: (values) => Float32Array.from(values as Float64Array),
}
const labelTypes = ['u1', 'i1', 'u2', 'i2', 'u4', 'i4', 'u8', 'i8']

/** @throws DatasetProblem when it is damaged, or holds other than bytes, float32 or float64, or NaN or infinity */
export function npyInputs(bytes: Uint8Array, place: Place): NamedArray<Uint8Array | Float32Array> {
  const { dims, values, type } = parsed(bytes, place)
  const convert = inputTypes[type]
  if (convert === undefined) throw problem(place, `expected inputs of type uint8, float32 or float64, got ${type}`)
  if (dims.length < 2 || dims.includes(0)) {
    throw problem(place, `expected inputs [n, features] or of more axes, got [${dims.join(', ')}]`)
  }
  const converted = convert(values)
  const wrong = converted instanceof Uint8Array ? -1 : converted.findIndex((value) => !Number.isFinite(value))
  if (wrong === -1) return { ...place, dims, values: converted }
  const record = Math.floor(wrong / (converted.length / dims[0]!))
  throw problem(place, `record ${record + 1}: expected finite float32 numbers, got ${converted[wrong]}`)
}

/** @throws DatasetProblem when it is damaged, or holds other than whole numbers from 0 */
export function npyLabels(bytes: Uint8Array, place: Place): NamedArray<Int32Array> {
  const { dims, values, type } = parsed(bytes, place)
  if (!labelTypes.includes(type)) throw problem(place, `expected labels of an integer type, got ${type}`)
  // BigInts of int64 become numbers; 65,535 classes are more than anybody has.
  const labels = Int32Array.from(values as Int32Array, (value, record) => {
    const label = Number(value)
    if (label >= 0 && label < 65536) return label
    throw problem(place, `record ${record + 1}: expected a label from 0 to 65535, got ${value}`)
  })
  return { ...place, dims, values: labels }
}

function parsed(bytes: Uint8Array, place: Place): { dims: number[]; values: Numbers; type: string } {
  // A copy that begins where its buffer does, which is how npyjs wants it.
  const { shape, data, dtype, fortranOrder } = read(Uint8Array.from(bytes).buffer, place)
  const size = shape.reduce((product, length) => product * length, 1)
  const { length } = data as Uint8Array
  if (length !== size) throw problem(place, `expected ${size} numbers for [${shape.join(', ')}], got ${length}`)
  if (fortranOrder && shape.length > 1) {
    throw problem(place, 'expected an array in C order, got Fortran order; numpy.ascontiguousarray gives it')
  }
  return { dims: shape, values: data, type: dtype }
}

function read(buffer: ArrayBuffer, place: Place): ReturnType<typeof parse> {
  try {
    return parse(buffer)
  } catch (error) {
    throw problem(place, `expected an array as numpy.save writes it: ${(error as Error).message}`)
  }
}

const problem = ({ file, key }: Place, text: string) => new DatasetProblem(`${file}: ${text}`, [key])
