// Files of text in the encodings that people have, cut into chunks at every place; and what is told of those that are none.
import { isUtf8 } from 'node:buffer'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readText, textPieces } from '../../orchestrator/src/data/readText.ts'
import { temporaryFolder, write } from './files.ts'

const folder = temporaryFolder()
let files = 0
const file = (...parts: (Uint8Array | string)[]) =>
  write(join(folder, `${files++}.txt`), Buffer.concat(parts.map((part) => Buffer.from(part as string))))

const utf16 = (text: string) => Buffer.from(text, 'utf16le')
const utf16be = (text: string) => utf16(text).swap16()
const problemOf = (path: string) =>
  readText(path, 'train').then(
    (text) => `read as ${JSON.stringify(text)}`,
    ({ message }: Error) => message.slice(path.length),
  )

describe('the same text', () => {
  const text = 'Größe;Ort\r\n1,5;Zürich\n"2";"naïve 🙂"\n'
  const mark = '\uFEFF'
  it.each([
    ['in UTF-8', [text]],
    ['after a byte order mark', [mark, text]],
    ['in UTF-16, little endian', [utf16(mark + text)]],
    ['in UTF-16, big endian', [utf16be(mark + text)]],
    ['packed', [gzipSync(text)]],
    ['packed in two members', [gzipSync(text.slice(0, 7)), gzipSync(text.slice(7))]],
    ['in UTF-16, packed', [gzipSync(utf16(mark + text))]],
  ] as const)('%s', async (_, parts) => {
    expect(await readText(file(...parts), 'train')).toBe(text)
  })

  it('of nothing, of a mark alone, of less than a mark', async () => {
    for (const bytes of ['', mark, utf16(mark), gzipSync('')]) expect(await readText(file(bytes), 'train')).toBe('')
    for (const short of ['a', 'ab', 'é']) expect(await readText(file(short), 'train')).toBe(short)
  })

  it('longer than chunks, wherever they cut it', async () => {
    // 65536 is the size of a chunk; three and four bytes stand across its end in each of the cases.
    for (let before = 0; before < 4; before++) {
      const long = `${'a'.repeat(before)}${'€🙂'.repeat(30_000)}`
      for (const bytes of [Buffer.from(long), utf16(mark + long), utf16be(mark + long), gzipSync(long)]) {
        const pieces: string[] = []
        for await (const piece of textPieces(file(bytes), 'train')) pieces.push(piece)
        expect(pieces.length).toBeGreaterThan(1)
        expect(pieces.some((piece) => /\p{Surrogate}/u.test(piece))).toBe(false)
        expect(pieces.join('') === long).toBe(true)
      }
    }
  })
})

describe('no text', () => {
  it('a file in ISO-8859-1, by line, column and byte', async () => {
    expect(await problemOf(file(Buffer.from('a,b\n1,Zürich\n', 'latin1')))).toBe(
      ':2:4: expected text in UTF-8, got the byte 0xfc (byte 8 of the text); it may be in ISO-8859-1 or windows-1252: ' +
        '`iconv -f latin1 -t utf8` makes UTF-8 of it',
    )
  })

  it('one in windows-1252, packed, far behind', async () => {
    const lines = 'größe,1\n'.repeat(20_000)
    const bytes = Buffer.concat([Buffer.from(`\uFEFF${lines}`), Buffer.from([0x61, 0x80, 0x0a])])
    // A mark of 3 bytes, 20,000 lines of 10 each, and the letter before it.
    expect(await problemOf(file(gzipSync(bytes)))).toMatch(
      /^:20001:2: expected text in UTF-8, got the byte 0x80 \(byte 200005 of the text\); it may be in windows-1252: `iconv -f cp1252 /,
    )
  })

  it.each([
    ['a character cut short', [Buffer.from('é').subarray(0, 1)], ':1:1: expected text in UTF-8, got the byte 0xc3'],
    [
      'half a UTF-16 unit',
      [utf16('\uFEFFab'), 'c'],
      ':1:3: expected text in UTF-16 (little endian), got the bytes 0x63 (byte 7 of the text)',
    ],
    [
      'half a pair of UTF-16 units',
      [utf16be('\uFEFFa\n\uD83Db')],
      ':2:1: expected text in UTF-16 (big endian), got the bytes 0xd8 0x3d (byte 7 of the text)',
    ],
    [
      'UTF-16 without a mark',
      [utf16('a,b')],
      ': expected text in UTF-8, got what seems to be UTF-16 without a byte order mark; `iconv -f utf-16le ',
    ],
    ['UTF-32', [Uint8Array.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0)], ': expected text in UTF-8, got UTF-32'],
    ['a workbook', ['PK\x03\x04more'], ': expected text, got a ZIP archive, such as an Excel workbook'],
    [
      'a gzip file that ends early',
      [gzipSync(Buffer.from('text'.repeat(99))).subarray(0, 20)],
      ': expected a whole gzip file, got one that ends early, after 20 bytes',
    ],
    [
      'a second member that ends early',
      [gzipSync('text'), gzipSync('more').subarray(0, 15)],
      ': expected a whole gzip file, got one that ends early',
    ],
    [
      'a gzip file with another sum',
      [gzipSync('text').fill(0, 16, 24)],
      ': expected a gzip file that can be unpacked, got incorrect data check',
    ],
  ] as const)('%s', async (_, parts, message) => {
    const found = await problemOf(file(...(parts as readonly (Uint8Array | string)[])))
    expect(found.startsWith(message), found).toBe(true)
  })

  it('a folder, or nothing', async () => {
    expect(await problemOf(folder)).toBe(': expected a file, got a folder')
    expect(await problemOf(join(folder, 'nowhere'))).toBe(': no such file')
  })

  it('any bytes are read as what they are in UTF-8, or refused', async () => {
    const bytes = fc.uint8Array({ min: 0x20, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(bytes, async (drawn) => {
        const path = file('text', drawn)
        const read = await readText(path, 'train').catch(() => null)
        expect(read).toBe(isUtf8(drawn) ? `text${Buffer.from(drawn).toString('utf8')}` : null)
      }),
    )
  })
})
