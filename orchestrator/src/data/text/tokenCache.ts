// Token ids of texts, kept in files, so that only the first process reads the texts by their tokenizer. A file is named
// by the hash of all that decides on the ids, and only ever saves time: what is damaged is made again.
import { createHash, hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { writeWhole } from '../writeWhole.ts'

/** What a tokenizer has made of texts. */
export interface TokenIds {
  /** What ids are below. */
  vocabulary: number
  /** The id that fills up short texts; null where none does. */
  padding: number | null
  /** Whether that id is behind all tokens, as the tokenizer names none. */
  ownPadding: boolean
  /** The tokenizer.json, where it was made of the texts. */
  json: Uint8Array | null
  /** Of each of the parts that the texts came in. */
  parts: Int32Array[]
}

export interface TokenCache {
  /** What is kept for the key, or what is made now. */
  idsFor(key: string, make: () => Promise<TokenIds>): Promise<TokenIds>
  /** Keeps what had to be made. */
  write(): Promise<void>
}

/**
 * @param folder the store's
 * @param tell told of a file that is damaged, in a line
 */
export function tokenCache(folder: string, tell: (line: string) => void): TokenCache {
  const made = new Map<string, TokenIds>()
  const pathOf = (key: string) => join(folder, 'tokens', key)
  return {
    async idsFor(key, make) {
      const bytes = await readFile(pathOf(key)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
        throw error
      })
      const kept = bytes === null ? null : decode(bytes, key)
      if (kept !== null && !('problem' in kept)) return kept
      if (kept !== null) tell(`${pathOf(key)} is damaged: ${kept.problem}; the texts are read anew`)
      const ids = await make()
      made.set(key, ids)
      return ids
    },
    async write() {
      const waiting = [...made]
      // Trials of a group ask at the same time.
      made.clear()
      for (const [key, ids] of waiting) {
        await writeWhole(pathOf(key), encode(key, ids), `${pathOf(key)}.${process.pid}.tmp`)
      }
    },
  }
}

/** Goes up with any change of the files, or of what is made of a text here: files of others have other names. */
const format = 1

/**
 * Of all that decides on the ids: SHA-256 in hexadecimal.
 * @param settings of the tokenizer, its content included
 * @param parts of the texts
 */
export async function tokenKey(settings: object, parts: string[][]): Promise<string> {
  const digest = createHash('sha256')
  digest.update(JSON.stringify({ format, library: await libraryVersion(), settings, parts: parts.length }))
  for (const texts of parts) {
    digest.update(`\n${texts.length}\n`)
    for (const text of texts) digest.update(`${text.length} `).update(text, 'utf16le')
  }
  return digest.digest('hex')
}

async function libraryVersion(): Promise<string> {
  const main = createRequire(import.meta.url).resolve('@huggingface/tokenizers')
  return JSON.parse(await readFile(join(dirname(dirname(main)), 'package.json'), 'utf8')).version
}

interface Header {
  key: string
  vocabulary: number
  padding: number | null
  ownPadding?: boolean
  /** Bytes of the tokenizer.json; null where there is none. */
  json: number | null
  /** Ids of each part. */
  parts: number[]
}

// A file: SHA-256 of all that follows; the header's length, uint32; the header as JSON; the tokenizer.json; the parts' ids,
// int32. All of it little-endian, as all processors are that Node runs on.
const digestBytes = 32

function encode(key: string, { vocabulary, padding, ownPadding, json, parts }: TokenIds): Uint8Array[] {
  const about: Header = {
    key,
    vocabulary,
    padding,
    ownPadding,
    json: json?.length ?? null,
    parts: parts.map(({ length }) => length),
  }
  const header = Buffer.from(JSON.stringify(about))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const ids = parts.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength))
  const body = [length, header, ...(json === null ? [] : [json]), ...ids]
  const digest = createHash('sha256')
  for (const part of body) digest.update(part)
  return [digest.digest(), ...body]
}

function decode(bytes: Buffer, key: string): TokenIds | { problem: string } {
  const [expected, body] = [bytes.toString('hex', 0, digestBytes), bytes.subarray(digestBytes)]
  const found = hash('sha256', body)
  if (found !== expected) return { problem: `expected SHA-256 ${expected || 'of 32 bytes'}, got ${found}` }
  const start = 4 + body.readUInt32LE(0)
  const header = JSON.parse(body.toString('utf8', 4, start)) as Header
  if (header.key !== key) return { problem: `it is of ${header.key}` }
  const { vocabulary, padding, ownPadding = false } = header
  let place = start
  const next = (length: number) => {
    place += length
    return body.subarray(place - length, place)
  }
  const json = header.json === null ? null : next(header.json)
  // Copied, since an Int32Array has to start at a multiple of four bytes.
  const parts = header.parts.map((length) => new Int32Array(Uint8Array.from(next(4 * length)).buffer))
  if (place === body.length) return { vocabulary, padding, ownPadding, json, parts }
  return { problem: `expected ${place} bytes behind its SHA-256, got ${body.length}` }
}
