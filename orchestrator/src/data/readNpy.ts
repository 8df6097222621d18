// Reads a .npy file's bytes: NumPy's format of one array (numpy/lib/format.py), versions 1 to 3.
import { bytesOf, type Complain, type NumberArray, type Numbers, type NumberType, numbersIn } from './numberTypes.ts'

const magic = '\x93NUMPY'

export const isNpy = (bytes: Buffer): boolean => bytes.subarray(0, magic.length).toString('latin1') === magic

/** By the letter and the number of bytes of NumPy's short names. */
const types: Record<string, NumberType> = {
  b1: 'bool',
  u1: 'uint8',
  i1: 'int8',
  u2: 'uint16',
  i2: 'int16',
  u4: 'uint32',
  i4: 'int32',
  u8: 'uint64',
  i8: 'int64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
}

/** What other arrays hold, and what helps. */
const others: [RegExp, string][] = [
  [/^\|?O/, 'Python objects, which are a pickle: code, not numbers; array.astype(numpy.float32) makes numbers of them'],
  [/^[<>=|]?[US]/, 'texts; numpy.unique(array, return_inverse=True) numbers classes'],
  [/^[<>=|]?c/, 'complex numbers; their real and imaginary parts are columns each'],
  [/^[<>=|]?[Mm]/, 'dates or durations; array.astype(numpy.int64) makes numbers of them'],
  [
    /^[<>=|]?V/,
    'bytes of a type that NumPy does not know, such as bfloat16; array.astype(numpy.float32) makes numbers of them',
  ],
  [/^[<>=|]?f/, 'floats of more than 64 bits; array.astype(numpy.float64) makes numbers of them'],
]

/** @throws what `problem` makes where it is damaged, or holds other than numbers */
export function readNpy(bytes: Buffer, problem: Complain): NumberArray {
  const { dims, type, bigEndian, fortran, start } = headerOf(bytes, problem)
  const size = dims.reduce((product, length) => product * length, 1)
  const expected = size * bytesOf(type)
  if (bytes.length - start !== expected) {
    const got = bytes.length - start
    throw problem(`expected ${expected} bytes of ${type} for [${dims.join(', ')}], got ${got}`)
  }
  const values = numbersIn(bytes.subarray(start), type, bigEndian)
  return { dims, values: fortran && dims.length > 1 ? inOrder(values, dims) : values, type }
}

interface Header {
  dims: number[]
  type: NumberType
  bigEndian: boolean
  /** The first axis goes fastest. */
  fortran: boolean
  /** Where the numbers begin. */
  start: number
}

function headerOf(bytes: Buffer, problem: Complain): Header {
  const damaged = (what: string) => problem(`expected an array as numpy.save writes it, got ${what}`)
  if (!isNpy(bytes)) throw damaged('other bytes')
  const version = bytes[6] ?? 0
  if (version < 1 || version > 3) throw damaged(`version ${version} of its format`)
  const start = version === 1 ? 10 : 12
  const length = bytes.length < start ? 0 : version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8)
  if (length === 0 || start + length > bytes.length) throw damaged(`a header that ends after ${bytes.length} bytes`)
  const text = bytes.toString(version === 3 ? 'utf8' : 'latin1', start, start + length).trim()
  const [, fortran] = /'fortran_order'\s*:\s*(True|False)/.exec(text) ?? []
  const [, sides] = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text) ?? []
  const [, description, list] = /'descr'\s*:\s*(?:'([^']*)'|(\[))/.exec(text) ?? []
  if (fortran === undefined || sides === undefined || (description ?? list) === undefined)
    throw damaged(`a header ${text}`)
  if (description === undefined)
    throw problem('expected an array of numbers, got one of records with fields; a column of it is one')
  const type = types[description.replace(/^[<>=|]/, '')]
  if (type === undefined) {
    const [, what] = others.find(([pattern]) => pattern.test(description)) ?? [null, 'another type']
    throw problem(`expected numbers, got ${JSON.stringify(description)}: ${what}`)
  }
  const dims = (sides.match(/\d+/g) ?? []).map(Number)
  return { dims, type, bigEndian: description.startsWith('>'), fortran: fortran === 'True', start: start + length }
}

/** From Fortran's order of numbers to C's. */
function inOrder(values: Numbers, dims: number[]): Numbers {
  const ordered = values.slice()
  const place = new Array<number>(dims.length).fill(0)
  const strides = dims.map((_, axis) => dims.slice(0, axis).reduce((product, length) => product * length, 1))
  let from = 0
  for (let to = 0; to < values.length; to++) {
    ordered[to] = values[from]!
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += strides[axis]!
      if (++place[axis]! < dims[axis]!) break
      from -= strides[axis]! * dims[axis]!
      place[axis] = 0
    }
  }
  return ordered
}
