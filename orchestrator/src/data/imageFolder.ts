// The data set of image files in folders named after their classes: train/CLASS/… and test/CLASS/…
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import { assemble } from './assemble.ts'
import { type Data, DatasetProblem, type Samples } from './data.ts'

type ImageFolder = Extract<ResolvedDataset, { type: 'image-folder' }>
type Decode = (path: string) => Promise<{ pixels: Uint8Array; shape: number[] }>

/** Images that are decoded at a time: while one is read, another is worked on. */
const atATime = 8

/** Every image, since any of them may change. */
export function imageFolderFiles({ folder }: ImageFolder): string[] {
  const listed = ['train', 'test'].flatMap((part) => {
    try {
      return readdirSync(join(folder, part), { recursive: true, withFileTypes: true })
    } catch {
      return []
    }
  })
  return listed.map((entry) => join(entry.parentPath, entry.name)).sort()
}

/** Pixels are standardised by each channel's mean and standard deviation over the training split. */
export async function loadImageFolder(dataset: ImageFolder): Promise<Data> {
  const { folder } = dataset
  const classNames = foldersIn(join(folder, 'train'))
  if (classNames.length < 2) {
    const found = classNames.length === 0 ? 'none' : `only ${JSON.stringify(classNames[0])}`
    throw problem(`${join(folder, 'train')}: expected a folder for each of at least 2 classes, got ${found}`)
  }
  const tested = foldersIn(join(folder, 'test'))
  const unknown = tested.find((name) => !classNames.includes(name))
  if (unknown !== undefined) {
    const classes = classNames.map((name) => JSON.stringify(name)).join(', ')
    throw problem(`${join(folder, 'test', unknown)}: expected a class of the training images: ${classes}`)
  }
  const files = imagesIn(join(folder, 'train'), classNames, classNames)
  const testFiles = imagesIn(join(folder, 'test'), tested, classNames)
  if (testFiles.length === 0) throw problem(`${join(folder, 'test')}: expected images, got none`)
  const decode = await decoder(dataset)
  const { shape } = await decode(files[0]!.path)
  const first = { path: files[0]!.path, shape }
  return assemble({
    dataset,
    train: await decodeAll(files, decode, first),
    test: await decodeAll(testFiles, decode, first),
    inputShape: shape,
    classes: classNames.length,
    classNames,
  })
}

const problem = (text: string) => new DatasetProblem(text, ['folder'])

/** Hidden files, such as .DS_Store, are no part of the data. */
function entriesOf(folder: string) {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'))
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1))
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw problem(`${folder}: ${missing ? 'no such folder' : (error as Error).message}`)
  }
}

function foldersIn(folder: string): string[] {
  return entriesOf(folder).map((entry) => {
    if (entry.isDirectory()) return entry.name
    throw problem(`${join(folder, entry.name)}: expected a folder of a class, got a file`)
  })
}

interface ImageFile {
  path: string
  label: number
}

/** By class, then by name. */
function imagesIn(folder: string, present: string[], classNames: string[]): ImageFile[] {
  return present.flatMap((name) => {
    const files = entriesOf(join(folder, name)).map((entry) => {
      const path = join(folder, name, entry.name)
      if (entry.isDirectory()) throw problem(`${path}: expected an image, got a folder`)
      return { path, label: classNames.indexOf(name) }
    })
    if (files.length === 0) throw problem(`${join(folder, name)}: expected images of the class, got none`)
    return files
  })
}

/** Upright, as the file says, and without transparency. */
async function decoder({ color, resize }: ImageFolder): Promise<Decode> {
  const { default: sharp } = await import('sharp')
  sharp.concurrency(1)
  // It would keep images by their names, whatever their files hold by now.
  sharp.cache(false)
  return async (path) => {
    try {
      const image = sharp(path)
        .autoOrient()
        .removeAlpha()
        .toColourspace(color === 'rgb' ? 'srgb' : 'b-w')
      if (resize !== 'none') image.resize({ ...resize, fit: 'fill' })
      const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
      return { pixels: data, shape: [info.height, info.width, info.channels] }
    } catch (error) {
      throw problem(`${path}: expected an image: ${(error as Error).message}`)
    }
  }
}

async function decodeAll(
  files: ImageFile[],
  decode: Decode,
  first: { path: string; shape: number[] },
): Promise<Pick<Samples, 'inputs' | 'labels'>> {
  const size = first.shape.reduce((product, length) => product * length, 1)
  const inputs = new Uint8Array(files.length * size)
  for (let start = 0; start < files.length; start += atATime) {
    const part = files.slice(start, start + atATime)
    const decoded = await Promise.all(part.map(({ path }) => decode(path)))
    for (const [place, { pixels, shape }] of decoded.entries()) {
      if (String(shape) !== String(first.shape)) {
        const [expected, got] = [first.shape, shape].map((each) => each.join(' x '))
        const how = 'set "resize" to stretch images to one size'
        throw problem(`${part[place]!.path}: expected ${expected} as in ${first.path}, got ${got}; ${how}`)
      }
      inputs.set(pixels, (start + place) * size)
    }
  }
  return { inputs, labels: Int32Array.from(files, ({ label }) => label) }
}
