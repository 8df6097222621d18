// Reads IDX files, the format of MNIST: two zero bytes, the type of the numbers, how many dimensions, each
// dimension as a big-endian 32-bit number, then the numbers. Only unsigned bytes are read. Plain or gzip.
import { gunzipSync } from 'node:zlib'
import { DatasetProblem } from './data.ts'
import { readBytes } from './readBytes.ts'

export interface IdxArray {
  dims: number[]
  values: Uint8Array
}

const unsignedByte = 0x08

/** The format's other types, which are not read. */
const others: Record<number, string> = {
  9: 'signed bytes',
  11: '16-bit whole numbers',
  12: '32-bit whole numbers',
  13: '32-bit floats',
  14: '64-bit floats',
}

/**
 * @param path the file
 * @param key the data set's property that names it, for errors
 * @throws DatasetProblem when it cannot be read, is damaged, or holds other numbers
 */
export async function readIdx(path: string, key: string): Promise<IdxArray> {
  const problem = (text: string) => new DatasetProblem(`${path}: ${text}`, [key])
  return parseIdx(unzipped(await readBytes(path, key), problem), problem)
}

function unzipped(raw: Buffer, problem: (text: string) => Error): Buffer {
  if (raw[0] !== 0x1f || raw[1] !== 0x8b) return raw
  try {
    return gunzipSync(raw)
  } catch (error) {
    throw problem(`damaged gzip: ${(error as Error).message}`)
  }
}

function parseIdx(bytes: Buffer, problem: (text: string) => Error): IdxArray {
  if (bytes.length < 4) throw problem(`expected an IDX header of at least 4 bytes, got ${bytes.length} bytes`)
  const rank = bytes.readUInt8(3)
  const magic = `0x${bytes.subarray(0, 4).toString('hex')}`
  if (bytes.readUInt16BE(0) !== 0 || bytes.readUInt8(2) !== unsignedByte || rank < 1) {
    const other = bytes.readUInt16BE(0) === 0 ? others[bytes.readUInt8(2)] : undefined
    const got = other === undefined ? magic : `${magic}, one of ${other}`
    throw problem(`expected an IDX file of unsigned bytes (magic number 0x000008.., then the rank), got ${got}`)
  }
  const header = 4 + 4 * rank
  if (bytes.length < header)
    throw problem(`expected a header of ${header} bytes for magic number ${magic}, got ${bytes.length} bytes`)
  const dims = Array.from({ length: rank }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis))
  const size = dims.reduce((product, dim) => product * dim, 1)
  if (bytes.length !== header + size) {
    throw problem(`expected ${header + size} bytes for [${dims.join(', ')}], got ${bytes.length}`)
  }
  return { dims, values: bytes.subarray(header) }
}
