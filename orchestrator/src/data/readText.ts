// Reads a file of text: UTF-8, or UTF-16 that begins with its byte order mark; packed by gzip or not. What is no text is
// told with its place, never replaced by U+FFFD, which would make one word of two.
import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { DatasetProblem } from './data.ts'

/**
 * The text in pieces, in order, without a byte order mark; no character is cut in two. For files of any size.
 * @param key the data set's property that names the file, for errors
 * @throws DatasetProblem where it cannot be read; with line and byte where it is no text
 */
export async function* textPieces(path: string, key: string): AsyncGenerator<string, void, undefined> {
  const problem = (what: string, where = path) => new DatasetProblem(`${where}: ${what}`, [key])
  let encoding: Encoding | undefined
  let rest: Buffer = Buffer.alloc(0)
  let place: Place = { line: 1, column: 1, offset: 0 }
  for await (const chunk of unpacked(path, problem)) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    if (encoding === undefined) {
      if (rest.length < longestMark) continue
      encoding = begun()
    }
    const whole = encoding.whole(rest)
    yield decoded(rest.subarray(0, whole), encoding)
    rest = rest.subarray(whole)
  }
  encoding ??= begun()
  if (rest.length > 0) yield decoded(rest, encoding)

  function begun(): Encoding {
    const found = encodingOf(rest, problem)
    rest = rest.subarray(found.mark)
    place = { ...place, offset: found.mark }
    return found
  }

  function decoded(bytes: Buffer, { name, decode, valid, width }: Encoding): string {
    const text = decode(bytes)
    if (text !== undefined) {
      place = after(place, text, bytes.length)
      return text
    }
    const good = goodBytes(bytes, valid, width)
    const { line, column, offset } = after(place, decode(bytes.subarray(0, good)) as string, good)
    const found = [...bytes.subarray(good, good + width)].map(inHex).join(' ')
    const advice = name === 'UTF-8' ? `; ${adviceFor(bytes[good] as number)}` : ''
    throw problem(
      `expected text in ${name}, got the ${width === 1 ? 'byte' : 'bytes'} ${found} (byte ${offset + 1} of the text)${advice}`,
      `${path}:${line}:${column}`,
    )
  }
}

/** All of it at once, without a byte order mark. */
export async function readText(path: string, key: string): Promise<string> {
  const pieces: string[] = []
  for await (const piece of textPieces(path, key)) pieces.push(piece)
  return pieces.join('')
}

type Fail = (what: string) => DatasetProblem

/** What the file holds, unpacked where its first bytes are gzip's. */
async function* unpacked(path: string, problem: Fail): AsyncGenerator<Buffer, void, undefined> {
  const file = createReadStream(path)
  let chunks: Readable = file
  try {
    const first = await firstOf(file)
    const format = others.find(({ magic }) => first.subarray(0, magic.length).equals(Buffer.from(magic)))
    if (format !== undefined) throw problem(`expected text, got ${format.what}`)
    if (first[0] === 0x1f && first[1] === 0x8b) {
      const gunzip = createGunzip({ chunkSize: file.readableHighWaterMark })
      // Its failure reaches whoever reads what comes out.
      pipeline(file, gunzip).catch(() => {})
      chunks = gunzip
    }
    for await (const chunk of chunks) yield chunk as Buffer
  } catch (error) {
    if (error instanceof DatasetProblem) throw error
    throw problem(failure(error as NodeJS.ErrnoException, file.bytesRead))
  } finally {
    file.destroy()
  }
}

/** What stands at the beginning, which stays to be read. */
async function firstOf(file: Readable): Promise<Buffer> {
  await new Promise<void>((resolve, reject) => {
    file.once('error', reject)
    file.once('end', resolve)
    file.once('readable', resolve)
  })
  const first: Buffer | null = file.read()
  if (first === null) return Buffer.alloc(0)
  file.unshift(first)
  return first
}

function failure({ code, message }: NodeJS.ErrnoException, read: number): string {
  if (code === 'ENOENT') return 'no such file'
  if (code === 'EISDIR') return 'expected a file, got a folder'
  if (code === 'Z_BUF_ERROR') return `expected a whole gzip file, got one that ends early, after ${read} bytes`
  if (code?.startsWith('Z_')) return `expected a gzip file that can be unpacked, got ${message}`
  return message
}

/** What people take for text, and is none. */
const others = [
  { magic: [0x50, 0x4b, 3, 4], what: 'a ZIP archive, such as an Excel workbook; save its sheet as CSV, or unpack it' },
  { magic: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Excel workbook; save its sheet as CSV' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], what: 'a file packed by Zstandard; unpack it, or pack it by gzip' },
  { magic: [0x42, 0x5a, 0x68], what: 'a file packed by bzip2; unpack it, or pack it by gzip' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: 'a file packed by xz; unpack it, or pack it by gzip' },
  { magic: [0x50, 0x41, 0x52, 0x31], what: 'a Parquet file; save it as CSV' },
]

interface Encoding {
  name: string
  /** Bytes of its byte order mark. */
  mark: number
  /** Bytes of its smallest unit. */
  width: number
  /** Of some bytes that begin with a character, how many hold whole ones. */
  whole(bytes: Buffer): number
  /** Undefined where they are none of it. */
  decode(bytes: Buffer): string | undefined
  valid(bytes: Buffer): boolean
}

const longestMark = 4

function encodingOf(first: Buffer, problem: Fail): Encoding {
  const begins = (...bytes: number[]) => first.subarray(0, bytes.length).equals(Buffer.from(bytes))
  if (begins(0xff, 0xfe, 0, 0) || begins(0, 0, 0xfe, 0xff)) {
    throw problem('expected text in UTF-8, got UTF-32; `iconv -f utf32 -t utf8` makes UTF-8 of it')
  }
  if (begins(0xff, 0xfe)) return utf16('UTF-16 (little endian)', (bytes) => bytes.toString('utf16le'))
  if (begins(0xfe, 0xff)) {
    return utf16('UTF-16 (big endian)', (bytes) => Buffer.from(bytes).swap16().toString('utf16le'))
  }
  const unmarked = [0, 1].findIndex((odd) => first[odd] === 0 && first[odd + 2] === 0)
  if (unmarked >= 0 && first.length >= 4) {
    const advice = `\`iconv -f utf-16${unmarked === 1 ? 'le' : 'be'} -t utf8\` makes UTF-8 of it`
    throw problem(`expected text in UTF-8, got what seems to be UTF-16 without a byte order mark; ${advice}`)
  }
  return {
    name: 'UTF-8',
    mark: begins(0xef, 0xbb, 0xbf) ? 3 : 0,
    width: 1,
    whole: wholeUtf8,
    decode: (bytes) => (isUtf8(bytes) ? bytes.toString('utf8') : undefined),
    valid: isUtf8,
  }
}

function utf16(name: string, textOf: (bytes: Buffer) => string): Encoding {
  const decode = (bytes: Buffer) => {
    const text = bytes.length % 2 === 0 ? textOf(bytes) : undefined
    return text === undefined || loneSurrogate.test(text) ? undefined : text
  }
  return {
    name,
    mark: 2,
    width: 2,
    whole(bytes) {
      const even = bytes.length - (bytes.length % 2)
      const last = textOf(bytes.subarray(Math.max(0, even - 2), even))
      return /[\uD800-\uDBFF]/.test(last) ? even - 2 : even
    },
    decode,
    valid: (bytes) => decode(bytes) !== undefined,
  }
}

const loneSurrogate = /\p{Surrogate}/u

/** Up to the last character, if that is not whole: a byte that leads further ones which are not there. */
function wholeUtf8(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number
    if (byte >> 6 === 0b10) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needed > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** How many bytes stand before the first that belong to no character. */
function goodBytes(bytes: Buffer, valid: Encoding['valid'], width: number): number {
  let at = 0
  for (;;) {
    const length = [1, 2, 3, 4].find((units) => valid(bytes.subarray(at, at + units * width)))
    if (length === undefined) return at
    at += length * width
  }
}

/** Line and column count from 1, the column in UTF-16 units; the offset counts bytes from 0. */
interface Place {
  line: number
  column: number
  offset: number
}

function after({ line, column, offset }: Place, text: string, bytes: number): Place {
  let begin = -1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    line++
    begin = at
  }
  return { line, column: begin < 0 ? column + text.length : text.length - begin, offset: offset + bytes }
}

const inHex = (byte: number) => `0x${byte.toString(16).padStart(2, '0')}`

/** Bytes from 0x80 to 0x9f are letters and quotes in Windows' encoding only. */
function adviceFor(byte: number): string {
  const [name, code] =
    byte >= 0x80 && byte < 0xa0 ? ['windows-1252', 'cp1252'] : ['ISO-8859-1 or windows-1252', 'latin1']
  return `it may be in ${name}: \`iconv -f ${code} -t utf8\` makes UTF-8 of it`
}
