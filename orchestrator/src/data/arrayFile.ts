// The arrays of a file of NumPy's (.npy, .npz) or of safetensors, which its bytes tell apart; any of them gzipped.
import { crc32, gunzipSync } from 'node:zlib'
import type { Complain, NumberArray } from './numberTypes.ts'
import { isNpy, readNpy } from './readNpy.ts'
import { readSafetensors } from './readSafetensors.ts'

/** A file of one array without a name, or of arrays by their names. */
export interface ArrayFile {
  /** Null where it is one without a name. */
  names: string[] | null
  /** @param name one of `names`, or null where there are none */
  read(name: string | null): NumberArray
}

/** Files that people have arrays in, too, by how they begin. */
const foreign: [string[], string][] = [
  [['\x89HDF'], 'an HDF5 file'],
  [['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'], 'a pickle, which is code to be run rather than numbers'],
  [['MATLAB '], 'a MATLAB file'],
  [['PAR1'], 'a Parquet file'],
]
const zip = ['PK\x03\x04', 'PK\x05\x06']

/** @throws what `problem` makes where it is of another kind, or damaged */
export async function openArrays(given: Buffer, problem: Complain): Promise<ArrayFile> {
  const bytes = unzipped(given, problem)
  if (isNpy(bytes)) return { names: null, read: () => readNpy(bytes, problem) }
  const start = bytes.toString('latin1', 0, 8)
  const begins = (ways: string[]) => ways.some((way) => start.startsWith(way))
  const [, what] = foreign.find(([ways]) => begins(ways)) ?? []
  if (what !== undefined) {
    throw problem(`expected a .npy, .npz or .safetensors file, got ${what}; numpy.save writes an array to a .npy file`)
  }
  if (begins(zip)) return openNpz(bytes, problem)
  return readSafetensors(bytes, problem) as ArrayFile
}

/**
 * The array of a name; without one, the file's only array.
 * @throws what `problem` makes where there is no such array, with the names that there are
 */
export function arrayNamed(file: ArrayFile, name: string | null, problem: Complain): NumberArray {
  const { names } = file
  if (names === null) {
    if (name !== null) throw problem('a .npy file holds one array, without a name', 'name')
    return file.read(null)
  }
  const shown = names.map((each) => JSON.stringify(each)).join(', ') || 'none'
  if (name === null && names.length !== 1) throw problem(`it has several arrays: say which of ${shown}`, 'name')
  if (name !== null && !names.includes(name)) {
    throw problem(`expected one of its arrays: ${shown}, got ${JSON.stringify(name)}`, 'name')
  }
  return file.read(name ?? names[0]!)
}

function unzipped(bytes: Buffer, problem: Complain): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes)
  } catch (error) {
    throw problem(`damaged gzip: ${(error as Error).message}`)
  }
}

/** A zip archive of .npy files, compressed or not; only what is read is unpacked. */
async function openNpz(bytes: Buffer, problem: Complain): Promise<ArrayFile> {
  // Where no archive is read, a trial's process starts without it.
  const { unzipSync } = await import('fflate')
  const unpack = (filter: (name: string) => boolean) => {
    try {
      return unzipSync(bytes, { filter: ({ name }) => filter(name) })
    } catch (error) {
      throw problem(`expected an archive as numpy.savez writes it: ${(error as Error).message}`)
    }
  }
  const members: string[] = []
  unpack((name) => {
    members.push(name)
    return false
  })
  if (members.some((name) => name.endsWith('/data.pkl'))) {
    throw problem(
      'expected an archive as numpy.savez writes it, got one of torch.save; numpy.savez of its tensors makes one',
    )
  }
  return {
    names: members.map((name) => name.replace(/\.npy$/, '')),
    read(name) {
      const member = members.find((each) => each.replace(/\.npy$/, '') === name)!
      const content = Buffer.from(unpack((each) => each === member)[member]!)
      const [expected, got] = [checksums(bytes).get(member), crc32(content)]
      if (expected !== undefined && got !== expected) {
        throw problem(`${name}: damaged: expected bytes of the checksum ${inHex(expected)}, got ${inHex(got)}`)
      }
      return readNpy(content, (message, at) => problem(`${name}: ${message}`, at))
    },
  }
}

/** CRC-32 of each member of a zip archive, as its directory at the end says, which what unpacks it does not look at. */
function checksums(zipped: Buffer): Map<string, number> {
  const found = new Map<string, number>()
  const end = zipped.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  let at = end < 0 || end + 20 > zipped.length ? zipped.length : zipped.readUInt32LE(end + 16)
  // Longer than 4 GiB, it is in another place, and there is none here.
  while (at + 46 <= zipped.length && zipped.toString('latin1', at, at + 4) === 'PK\x01\x02') {
    const [name, extra, comment] = [28, 30, 32].map((place) => zipped.readUInt16LE(at + place)) as [
      number,
      number,
      number,
    ]
    found.set(zipped.toString('utf8', at + 46, at + 46 + name), zipped.readUInt32LE(at + 16))
    at += 46 + name + extra + comment
  }
  return found
}

const inHex = (checksum: number): string => checksum.toString(16).padStart(8, '0')
