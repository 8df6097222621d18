// The pixels of all images of a folder, in one way for all of its splits.
import type { Warning } from '@retort/schema/questions'
import type { ResolvedDataset } from '@retort/schema/trial'
import { type Decoded, type Decoder, decodeAll, type Numbers, openDecoder, type Shape } from './decode.ts'
import { depthGauge } from './depth.ts'
import { type ImageFile, type ListedImages, problem } from './listImages.ts'

type ImageFolder = Extract<ResolvedDataset, { type: 'image-folder' }>

export interface DecodedImages {
  /** [height, width, channels] */
  shape: number[]
  /** [images, ...shape] */
  train: Numbers
  validation: Numbers | null
  test: Numbers | null
  /** By which numbers that are no bytes are divided; null where all are bytes. */
  divisor: number | null
  notes: string[]
  warnings: Warning[]
}

/** As bytes, unless these are too short for the training images: then as the numbers of all files. */
export async function decodeImages(dataset: ImageFolder, listed: ListedImages): Promise<DecodedImages> {
  const decoder = await openDecoder(dataset)
  const first = listed.train[0] as ImageFile
  const { shape, depth } = await decoder.bytes(first.path)
  const about = { path: first.path, shape }
  const inBytes = await decodeBytes(decoder, listed, about)
  return inBytes ?? decodeNumbers(decoder, listed, about, depth)
}

/** Null where bytes are too short. */
async function decodeBytes(decoder: Decoder, listed: ListedImages, first: Shape): Promise<DecodedImages | null> {
  const gauge = depthGauge()
  const gauged = async (path: string) => {
    const image = await decoder.bytes(path)
    if (gauge.asksFor(image.depth)) gauge.add(image.depth, image.pixels, (await decoder.numbers(path)).pixels)
    return image
  }
  const seen = sightings()
  const decode = (files: ImageFile[], decodeOne = decoder.bytes) =>
    decodeAll(files, decodeOne, first, (length) => new Uint8Array(length), seen.look)
  const train = await decode(listed.train, gauged)
  if (gauge.bytesAreTooShort()) return null
  const validation = listed.validation && (await decode(listed.validation))
  const test = listed.test && (await decode(listed.test))
  return { shape: first.shape, train, validation, test, divisor: null, notes: seen.notes(), warnings: seen.warnings() }
}

async function decodeNumbers(
  decoder: Decoder,
  listed: ListedImages,
  first: Shape,
  depth: string,
): Promise<DecodedImages> {
  const same = async (path: string) => {
    const image = await decoder.numbers(path)
    if (image.depth === depth) return image
    throw problem(`${path}: expected numbers of ${bitsOf(depth)} as in ${first.path}, got ${bitsOf(image.depth)}`)
  }
  const seen = sightings()
  const decode = (files: ImageFile[]) => decodeAll(files, same, first, (length) => new Float32Array(length), seen.look)
  const train = await decode(listed.train)
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of train) {
    if (value < least) least = value
    if (value > most) most = value
  }
  const divisor = Math.max(Math.abs(least), Math.abs(most)) || 1
  const range = `images have ${bitsOf(depth)} a number, from ${least} to ${most} in the training files`
  const note = `${range}, of which bytes would keep too little: numbers are kept and divided by ${divisor}`
  return {
    shape: first.shape,
    train,
    validation: listed.validation && (await decode(listed.validation)),
    test: listed.test && (await decode(listed.test)),
    divisor,
    notes: [note, ...seen.pagesNotes()],
    warnings: [],
  }
}

/** What is worth telling of the images that were decoded. */
function sightings() {
  const paged: string[] = []
  const deep: string[] = []
  let [all, depth] = [0, 'uchar']
  const pagesNotes = () => {
    if (paged.length === 0) return []
    const files = paged.length === 1 ? '1 file holds' : `${paged.length} files hold`
    return [`${files} several images, of which the first is read: ${paged[0]}${paged.length > 1 ? ', …' : ''}`]
  }
  return {
    look(image: Decoded, path: string) {
      all++
      if (image.pages > 1) paged.push(path)
      if (image.depth === 'uchar') return
      deep.push(path)
      depth = image.depth
    },
    pagesNotes,
    notes: () => [
      ...(deep.length === 0 ? [] : [`${deep.length} images have ${bitsOf(depth)} a number and are read as bytes`]),
      ...pagesNotes(),
    ],
    warnings(): Warning[] {
      if (deep.length === 0 || deep.length === all) return []
      const some = `${deep.length} of ${all} images have ${bitsOf(depth)} a number and the others 8`
      return [
        { message: `${some}, which bytes may not mean the same of; the first of them is ${deep[0]}`, path: ['folder'] },
      ]
    },
  }
}

const bits: Record<string, string> = { uchar: '8 bits', ushort: '16 bits', float: '32 bits (float)' }

const bitsOf = (depth: string): string => bits[depth] ?? `type ${depth}`
