// Writes arrays as numpy.save and safetensors do, straight from what their formats say.

type Type = 'float16' | 'float32' | 'float64' | 'int32'

/** IEEE 754's half precision, of numbers that it holds exactly. */
function half(value: number): number {
  if (value === 0) return 0
  const exponent = Math.floor(Math.log2(Math.abs(value)))
  const fraction = Math.abs(value) / 2 ** exponent - 1
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | Math.round(fraction * 1024)
}

function bytesOf(values: ArrayLike<number>, type: Type): Buffer {
  const made = {
    float16: () => Uint16Array.from(Array.from(values, half)),
    float32: () => Float32Array.from(values),
    float64: () => Float64Array.from(values),
    int32: () => Int32Array.from(values),
  }[type]()
  return Buffer.from(made.buffer)
}

const npyTypes: Record<Type, string> = { float16: '<f2', float32: '<f4', float64: '<f8', int32: '<i4' }
const tensorTypes: Record<Type, string> = { float16: 'F16', float32: 'F32', float64: 'F64', int32: 'I32' }

const typeOf = (values: ArrayLike<number>): Type => (values instanceof Int32Array ? 'int32' : 'float32')

/** As numpy.save writes it. */
export function npy(dims: number[], values: Float32Array | Int32Array, type: Type = typeOf(values)): Buffer {
  const text = `{'descr': '${npyTypes[type]}', 'fortran_order': False, 'shape': (${dims.join(', ')},), }`
  const header = Buffer.from(`${text.padEnd(128 - 10 - 1)}\n`, 'latin1')
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1')
  start.writeUInt16LE(header.length, 8)
  return Buffer.concat([start, header, bytesOf(values, type)])
}

/** As safetensors.numpy.save writes them. */
export function safetensors(
  tensors: Record<string, { dims: number[]; values: ArrayLike<number>; type: Type }>,
): Buffer {
  const header: Record<string, unknown> = { __metadata__: { made: 'here' } }
  const parts: Buffer[] = []
  let start = 0
  for (const [name, { dims, values, type }] of Object.entries(tensors)) {
    const count = dims.reduce((product, length) => product * length, 1)
    const bytes = bytesOf(Array.from(values).slice(0, count), type)
    header[name] = { dtype: tensorTypes[type], shape: dims, data_offsets: [start, start + bytes.length] }
    parts.push(bytes)
    start += bytes.length
  }
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, ...parts])
}
