// Decodes image files, as bytes or, where these are too short for what the files hold, as the numbers themselves.
import { readFile } from 'node:fs/promises'
import type { ResolvedDataset } from '@retort/schema/trial'
import type { Sharp, SharpOptions } from 'sharp'
import { DatasetProblem } from '../data.ts'
import { decodeBmp, isBmp } from './bmp.ts'
import { type ImageFile, problem } from './listImages.ts'

type ImageFolder = Extract<ResolvedDataset, { type: 'image-folder' }>
export type Numbers = Uint8Array | Float32Array

export interface Decoded<Pixels = Numbers> {
  pixels: Pixels
  /** [height, width, channels] */
  shape: number[]
  /** What a number of the file is: "uchar" for a byte, "ushort" for 16 bits, "float", … */
  depth: string
  /** How many images the file holds, the first of which is read. */
  pages: number
}

export interface Decoder {
  bytes(path: string): Promise<Decoded<Uint8Array>>
  /** The numbers as they stand in the file, whatever their range. */
  numbers(path: string): Promise<Decoded<Float32Array>>
}

/** Images that are decoded at a time: while one is read, another is worked on. */
const atATime = 8

/** Of all files that cannot be used so many are told. */
const told = 5

/** Images are upright, as the file says, and without transparency. */
export async function openDecoder({ color, resize }: Pick<ImageFolder, 'color' | 'resize'>): Promise<Decoder> {
  const { default: sharp } = await import('sharp')
  sharp.concurrency(1)
  // It would keep images by their names, whatever their files hold by now.
  sharp.cache(false)
  const open = (bytes: Buffer): Sharp => {
    if (!isBmp(bytes)) return sharp(bytes)
    const { width, height, pixels } = decodeBmp(bytes)
    return sharp(pixels, { raw: { width, height, channels: 3 } } satisfies SharpOptions)
  }
  const decode = async <Pixels extends Numbers>(
    path: string,
    pixelsOf: (image: Sharp, depth: string) => Sharp,
    packed: (data: Buffer) => Pixels,
  ): Promise<Decoded<Pixels>> => {
    try {
      const bytes = await readFile(path)
      const image = open(bytes)
      const about = await aboutOf(bytes, image)
      image.autoOrient().removeAlpha()
      if (resize !== 'none') image.resize({ ...resize, fit: 'fill' })
      const { data, info } = await pixelsOf(image, about.depth).toBuffer({ resolveWithObject: true })
      return { pixels: packed(data), shape: [info.height, info.width, info.channels], ...about }
    } catch (error) {
      const read = 'JPEG, PNG, WebP, GIF, AVIF, TIFF, BMP or SVG'
      throw problem(`${path}: expected an image in ${read}: ${(error as Error).message.trim()}`)
    }
  }
  const [inBytes, in16] = color === 'rgb' ? ['srgb', 'rgb16'] : ['b-w', 'grey16']
  return {
    bytes(path) {
      const asBytes = (image: Sharp) => image.toColourspace(inBytes as string).raw({ depth: 'uchar' })
      return decode(path, asBytes, (data) => data)
    },
    numbers(path) {
      const asNumbers = (image: Sharp, depth: string) =>
        image.toColourspace(depth === 'ushort' ? (in16 as string) : (inBytes as string)).raw({ depth: 'float' })
      // Copied, since a Float32Array has to start at a multiple of four bytes.
      return decode(path, asNumbers, (data) => finite(new Float32Array(Uint8Array.from(data).buffer)))
    },
  }
}

function finite(pixels: Float32Array): Float32Array {
  const wrong = pixels.find((value) => !Number.isFinite(value))
  if (wrong !== undefined) throw new Error(`expected finite numbers, got ${wrong}`)
  return pixels
}

const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
/** Where a PNG says how many bits a number has. */
const pngBits = 24

/** Asked of the library only where a file may have more than a byte for a number, or several images. */
async function aboutOf(bytes: Buffer, image: Sharp): Promise<Pick<Decoded, 'depth' | 'pages'>> {
  if (bytes.subarray(0, png.length).equals(png)) return { depth: bytes[pngBits] === 16 ? 'ushort' : 'uchar', pages: 1 }
  if (!/^(II|MM|GIF8|RIFF)/.test(bytes.toString('latin1', 0, 4))) return { depth: 'uchar', pages: 1 }
  const { depth, pages = 1 } = await image.metadata()
  return { depth, pages }
}

export interface Shape {
  path: string
  shape: number[]
}

/**
 * @param first whose shape all must have
 * @param room for so many numbers
 * @param look at each image, in the order of the files
 * @returns the pixels of all, one after the other
 * @throws DatasetProblem with the first few files that cannot be used
 */
export async function decodeAll<Pixels extends Numbers>(
  files: ImageFile[],
  decode: (path: string) => Promise<Decoded<Pixels>>,
  first: Shape,
  room: (length: number) => Pixels,
  look: (image: Decoded<Pixels>, path: string) => void,
): Promise<Pixels> {
  const size = first.shape.reduce((product, length) => product * length, 1)
  const inputs = room(files.length * size)
  const problems: string[] = []
  for (let start = 0; start < files.length; start += atATime) {
    const part = files.slice(start, start + atATime)
    const decoded = await Promise.all(part.map(({ path }) => decode(path).catch((error: Error) => error)))
    for (const [place, image] of decoded.entries()) {
      const { path } = part[place] as ImageFile
      if (image instanceof Error) {
        if (!(image instanceof DatasetProblem)) throw image
        problems.push(image.message)
      } else if (String(image.shape) !== String(first.shape)) {
        const [expected, got] = [first.shape, image.shape].map((each) => each.join(' x '))
        const how = 'set "resize" to stretch images to one size'
        problems.push(`${path}: expected ${expected} as in ${first.path}, got ${got}; ${how}`)
      } else {
        inputs.set(image.pixels, (start + place) * size)
        look(image, path)
      }
    }
  }
  if (problems.length === 0) return inputs
  const more = problems.length > told ? [`and ${problems.length - told} more`] : []
  throw problem([...problems.slice(0, told), ...more].join('; '))
}
