// BMP of every kind that is read: the same pixels from each, and those that Pillow reads where colours have fewer bits.
import { describe, expect, it } from 'vitest'
import { decodeBmp } from '../../orchestrator/src/data/images/bmp.ts'

interface Kind {
  /** Rows as they stand in the file, each from a multiple of four bytes on. */
  rows: number[][]
  width: number
  bits: number
  /** Below zero where the first row is the upper one. */
  height?: number
  header?: number
  palette?: number[][]
  compression?: number
  masks?: number[]
  /** Bytes between the header and the pixels. */
  gap?: number
}

function bmp({ rows, width, bits, height = rows.length, header = 40, ...more }: Kind): Buffer {
  const { palette = [], compression = 0, masks = [], gap = 0 } = more
  const about = Buffer.alloc(Math.max(header, masks.length > 0 ? 40 + 4 * masks.length : 0))
  about.writeUInt32LE(header)
  if (header === 12) {
    about.writeUInt16LE(width, 4)
    about.writeInt16LE(height, 6)
    about.writeUInt16LE(1, 8)
    about.writeUInt16LE(bits, 10)
  } else {
    about.writeInt32LE(width, 4)
    about.writeInt32LE(height, 8)
    about.writeUInt16LE(1, 12)
    about.writeUInt16LE(bits, 14)
    about.writeUInt32LE(compression, 16)
    about.writeUInt32LE(palette.length, 32)
    for (const [at, mask] of masks.entries()) about.writeUInt32LE(mask, 40 + 4 * at)
  }
  const colours = Buffer.from(palette.flat())
  const pixels = rows.map((row) => Buffer.concat([Buffer.from(row), Buffer.alloc(-row.length & 3)]))
  const start = Buffer.alloc(14)
  start.write('BM')
  start.writeUInt32LE(14 + about.length + colours.length + gap, 10)
  return Buffer.concat([start, about, colours, Buffer.alloc(gap, 99), ...pixels])
}

const upper = [250, 1, 2, 3, 240, 5, 6, 7, 230]
const lower = [9, 8, 7, 60, 50, 40, 255, 0, 128]
const image = { width: 3, height: 2, pixels: [...upper, ...lower] }
/** Blue first, as files have it; with a fourth byte, or none. */
const swapped = (row: number[], fourth: number[] = []) =>
  [0, 3, 6].flatMap((at) => [row[at + 2]!, row[at + 1]!, row[at]!, ...fourth])
const read = (kind: Kind) => {
  const { pixels, ...size } = decodeBmp(bmp(kind))
  return { ...size, pixels: [...pixels] }
}

describe('a BMP', () => {
  const rows = [swapped(lower), swapped(upper)]
  const of32 = [swapped(lower, [17]), swapped(upper, [200])]
  const masks = [0xff0000, 0xff00, 0xff]
  const others = [upper, lower].map((row) => [0, 3, 6].flatMap((at) => [...row.slice(at, at + 3), 77]))
  it.each<[string, Kind]>([
    ['of 24 bits', { width: 3, bits: 24, rows }],
    ['whose first row is the upper one', { width: 3, bits: 24, rows: rows.toReversed(), height: -2 }],
    ['of OS/2', { width: 3, bits: 24, rows, header: 12 }],
    ['with a longer header', { width: 3, bits: 24, rows, header: 124 }],
    ['with room before its pixels', { width: 3, bits: 24, rows, gap: 10 }],
    ['of 32 bits', { width: 3, bits: 32, rows: of32 }],
    ['of 32 bits with masks', { width: 3, bits: 32, rows: of32, compression: 3, masks }],
    [
      'with an alpha mask',
      { width: 3, bits: 32, rows: of32, compression: 3, header: 108, masks: [...masks, 0xff000000] },
    ],
    [
      'of another order of colours',
      { width: 3, bits: 32, rows: others, height: -2, compression: 3, masks: [0xff, 0xff00, 0xff0000] },
    ],
  ])('%s', (_, kind) => {
    expect(read(kind)).toEqual(image)
  })

  it('with a palette', () => {
    const palette = [
      [3, 2, 1, 0],
      [6, 5, 4, 0],
      [9, 8, 7, 0],
    ]
    const colours = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]
    const of = (...places: number[]) => places.flatMap((place) => colours[place]!)
    expect(
      read({
        width: 3,
        bits: 8,
        rows: [
          [0, 1, 2],
          [2, 2, 0],
        ],
        palette,
      }).pixels,
    ).toEqual(of(2, 2, 0, 0, 1, 2))
    expect(
      read({
        width: 3,
        bits: 4,
        rows: [
          [0x01, 0x20],
          [0x22, 0x00],
        ],
        palette,
      }).pixels,
    ).toEqual(of(2, 2, 0, 0, 1, 2))
    const two = palette.slice(0, 2)
    expect(read({ width: 9, bits: 1, rows: [[0b01100101, 0b10000000]], palette: two }).pixels).toEqual(
      of(0, 1, 1, 0, 0, 1, 0, 1, 1),
    )
  })

  it('of 16 bits, as Pillow reads it', () => {
    const row = (...values: number[]) => values.flatMap((value) => [value & 255, value >> 8])
    const fives = read({ width: 4, bits: 16, rows: [row(0x0001, 0x4210, 0x35ad, 0x7fff)] })
    expect(fives.pixels).toEqual([0, 0, 8, 131, 131, 131, 106, 106, 106, 255, 255, 255])
    const masks = [0xf800, 0x7e0, 0x1f]
    const six = read({ width: 4, bits: 16, rows: [row(0x0021, 0x8410, 0x35ad, 0xffff)], compression: 3, masks })
    expect(six.pixels).toEqual([0, 4, 8, 131, 129, 131, 49, 182, 106, 255, 255, 255])
  })

  it.each<[string, () => Buffer, RegExp]>([
    [
      'cut short',
      () => bmp({ width: 3, bits: 24, rows: [swapped(lower), swapped(upper)] }).subarray(0, 70),
      /a BMP of 75 bytes, of which there are 70/,
    ],
    ['without a header', () => Buffer.from('BM'), /without its header/],
    [
      'compressed',
      () => bmp({ width: 4, bits: 8, rows: [[4, 0, 0, 1]], compression: 1 }),
      /compression 1, of which none is read/,
    ],
    [
      'with colours beyond its palette',
      () =>
        bmp({
          width: 1,
          bits: 8,
          rows: [[2]],
          palette: [
            [1, 2, 3, 0],
            [4, 5, 6, 0],
          ],
        }),
      /color 2 of a palette of 2/,
    ],
    ['of no pixels', () => bmp({ width: 0, bits: 24, rows: [[]] }), /0 x 1 pixels/],
  ])('that is %s is told', (_, make, message) => {
    expect(() => decodeBmp(make())).toThrow(message)
  })
})
