// Writes .npy files of any type, from the bytes that NumPy would write.

/** @param descr NumPy's name of the type, such as `<f4`, in quotes where it is one */
export function npyOf(descr: string, dims: number[], bytes: Uint8Array, fortran = false): Buffer {
  const order = fortran ? 'True' : 'False'
  const text = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': (${dims.map((length) => `${length},`).join(' ')}), }`
  const header = Buffer.from(`${text.padEnd(128 - 10 - 1)}\n`, 'latin1')
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1')
  start.writeUInt16LE(header.length, 8)
  return Buffer.concat([start, header, bytes])
}

/** The bytes of a typed array. */
export const raw = (values: { buffer: ArrayBufferLike; byteOffset: number; byteLength: number }): Buffer =>
  Buffer.from(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength)

export const float64s = (dims: number[], values: ArrayLike<number>): Buffer =>
  npyOf(`'<f8'`, dims, raw(Float64Array.from(values)))

export const int64s = (dims: number[], values: ArrayLike<number>): Buffer =>
  npyOf(`'<i8'`, dims, raw(BigInt64Array.from(Array.from(values, BigInt))))
