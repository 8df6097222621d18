// Reads BMP, which sharp does not, and which no library for it reads right in all of its kinds.
export interface Bitmap {
  width: number
  height: number
  /** [height, width, 3], red first. */
  pixels: Uint8Array
}

export const isBmp = (bytes: Uint8Array): boolean => bytes[0] === 0x42 && bytes[1] === 0x4d

/** How one of a pixel's colours lies in its number. */
interface Channel {
  shift: number
  most: number
}

const fileHeader = 14
/** Header of OS/2, the oldest. */
const oldHeader = 12
const uncompressed = 0
const maskedColours = 3
const maskedWithAlpha = 6

/**
 * All that is not compressed: 1, 4 or 8 bits with a palette, 16, 24 and 32 bits, also with masks, from either end. What
 * is transparent is read as if it were not.
 * @throws where the bytes are no such file, or too few
 */
export function decodeBmp(bytes: Uint8Array): Bitmap {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!isBmp(bytes) || bytes.length < fileHeader + oldHeader) throw new Error('a BMP without its header')
  const start = view.getUint32(10, true)
  const header = view.getUint32(fileHeader, true)
  const isOld = header === oldHeader
  if ((!isOld && header < 40) || fileHeader + header > bytes.length) throw new Error(`a BMP with a header of ${header}`)
  const width = isOld ? view.getUint16(18, true) : view.getInt32(18, true)
  const signed = isOld ? view.getUint16(20, true) : view.getInt32(22, true)
  const height = Math.abs(signed)
  const bits = view.getUint16(isOld ? 24 : 28, true)
  const compression = isOld ? uncompressed : view.getUint32(30, true)
  if (width < 1 || height < 1) throw new Error(`a BMP of ${width} x ${signed} pixels`)
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw new Error(`a BMP of ${bits} bits a pixel`)
  const masked = compression === maskedColours || compression === maskedWithAlpha
  if (compression !== uncompressed && !(masked && bits >= 16)) {
    throw new Error(`a BMP of compression ${compression}, of which none is read`)
  }
  // Rows begin at multiples of four bytes.
  const stride = Math.ceil((width * bits) / 32) * 4
  const needed = start + stride * (height - 1) + Math.ceil((width * bits) / 8)
  if (needed > bytes.length) throw new Error(`a BMP of ${needed} bytes, of which there are ${bytes.length}`)
  const pixels = new Uint8Array(width * height * 3)
  const put = bits <= 8 ? ofPalette(view, bits, header) : ofColours(view, bits, masked)
  for (let row = 0; row < height; row++) {
    const line = start + stride * (signed < 0 ? row : height - 1 - row)
    for (let column = 0; column < width; column++) put(line, column, pixels, (row * width + column) * 3)
  }
  return { width, height, pixels }
}

/** Writes the colours of a column of the row that begins at `line`. */
type Put = (line: number, column: number, pixels: Uint8Array, at: number) => void

function ofPalette(view: DataView, bits: number, header: number): Put {
  const isOld = header === oldHeader
  const stated = isOld ? 0 : view.getUint32(46, true)
  const colours = stated === 0 ? 2 ** bits : stated
  const [palette, size] = [fileHeader + header, isOld ? 3 : 4]
  const perByte = 8 / bits
  return (line, column, pixels, at) => {
    const byte = view.getUint8(line + Math.floor(column / perByte))
    const index = (byte >> (8 - bits * (1 + (column % perByte)))) & (2 ** bits - 1)
    if (index >= colours) throw new Error(`a BMP with color ${index} of a palette of ${colours}`)
    for (let channel = 0; channel < 3; channel++) {
      pixels[at + channel] = view.getUint8(palette + index * size + 2 - channel)
    }
  }
}

function ofColours(view: DataView, bits: number, masked: boolean): Put {
  const size = bits / 8
  const fives = [0x7c00, 0x3e0, 0x1f]
  // With the oldest header that may have them masks stand behind it, later ones hold them at the same place.
  const stated = () => [54, 58, 62].map((place) => view.getUint32(place, true))
  const masks = masked ? stated() : bits === 16 ? fives : [0xff0000, 0xff00, 0xff]
  const channels = masks.map(channelOf)
  return (line, column, pixels, at) => {
    const place = line + column * size
    const high = size > 2 ? view.getUint8(place + 2) << 16 : 0
    const highest = size > 3 ? view.getUint8(place + 3) << 24 : 0
    const value = view.getUint16(place, true) | high | highest
    for (let channel = 0; channel < 3; channel++) {
      const { shift, most } = channels[channel] as Channel
      // As Pillow does, rounded down.
      pixels[at + channel] = Math.floor((((value >>> shift) & most) * 255) / most)
    }
  }
}

function channelOf(mask: number): Channel {
  const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask)
  const most = mask >>> shift
  if (most === 0 || most > 0xffff || (most & (most + 1)) !== 0) throw new Error(`a BMP with the mask ${mask}`)
  return { shift, most }
}
