// The data set of image files in folders named after their classes.
import { hash } from 'node:crypto'
import { relative } from 'node:path'
import type { Warning } from '@retort/schema/questions'
import type { ResolvedDataset } from '@retort/schema/trial'
import { definition, fill } from '../spec/schema.ts'
import { assemble, type Drawn, drawBeside, drawTest } from './assemble.ts'
import { type Data, DatasetProblem, type Samples, sizeOf } from './data.ts'
import type { Format } from './format.ts'
import type { Numbers } from './images/decode.ts'
import { type DecodedImages, decodeImages } from './images/decodeImages.ts'
import { type ImageFile, type ListedImages, listImages } from './images/listImages.ts'

type ImageFolder = Extract<ResolvedDataset, { type: 'image-folder' }>

/** Every image, since any of them may change; none where they cannot be listed, which loading tells. */
function imageFolderFiles({ folder }: ImageFolder): string[] {
  try {
    const { train, validation, test } = listImages(folder)
    return [...train, ...(validation ?? []), ...(test ?? [])].map(({ path }) => path)
  } catch (error) {
    if (error instanceof DatasetProblem) return []
    throw error
  }
}

/** Pixels are standardised by each channel's mean and standard deviation over the training split. */
async function loadImageFolder(dataset: ImageFolder): Promise<Data> {
  const listed = listImages(dataset.folder)
  const images = await decodeImages(dataset, listed)
  const { classNames } = listed
  const { train, test, drawn } = divide(dataset, listed, images)
  return assemble({
    dataset,
    train,
    test,
    ...(drawn && { drawn }),
    inputShape: images.shape,
    classes: classNames.length,
    classNames,
    ...(images.divisor !== null && { divisor: images.divisor }),
    ...(isOfOldLayout(listed) ? {} : { contents: contentsOf(listed, images) }),
    notes: [...layoutNotes(dataset, listed, test), ...images.notes, ...skippedNotes(listed)],
    warnings: [...contradictions(dataset, listed), ...missing(listed), ...cut(dataset, listed), ...images.warnings],
  })
}

type Part = Pick<Samples, 'inputs' | 'labels'>

interface Divided {
  train: Part
  test: Part
  /** Where the folders decide on it. */
  drawn?: Drawn
}

/** Validation's images stand behind those to train on, as if they came from one file. */
function divide({ split, test: share }: ImageFolder, listed: ListedImages, images: DecodedImages): Divided {
  const size = sizeOf(images.shape)
  const all: Part = { inputs: images.train, labels: labelsOf(listed.train) }
  const places = listed.test === null ? drawTest(listed.train.length, share, split.seed) : null
  const train = places === null ? all : taken(all, places.train, size)
  const test =
    places === null ? { inputs: images.test!, labels: labelsOf(listed.test!) } : taken(all, places.test, size)
  if (listed.validation === null) return { train, test }
  const validation = { inputs: images.validation!, labels: labelsOf(listed.validation) }
  const counts = [train, validation, test].map(({ labels }) => labels.length) as [number, number, number]
  return { train: joined(train, validation), test, drawn: drawBeside(split, ...counts) }
}

const labelsOf = (files: ImageFile[]): Int32Array => Int32Array.from(files, ({ label }) => label)

function taken({ inputs, labels }: Part, places: Int32Array, size: number): Part {
  const some = roomLike(inputs, places.length * size)
  for (const [at, place] of places.entries()) some.set(inputs.subarray(place * size, (place + 1) * size), at * size)
  return { inputs: some, labels: places.map((place) => labels[place] as number) }
}

function joined(one: Part, other: Part): Part {
  const inputs = roomLike(one.inputs, one.inputs.length + other.inputs.length)
  inputs.set(one.inputs)
  inputs.set(other.inputs, one.inputs.length)
  return { inputs, labels: Int32Array.from([...one.labels, ...other.labels]) }
}

const roomLike = (numbers: Samples['inputs'], length: number): Numbers =>
  numbers instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)

/** The only one that there was when trials had ids already. */
const isOfOldLayout = ({ validation, test }: ListedImages): boolean => validation === null && test !== null

/** Which images stand in which folder counts; which of them are held out is a setting. */
function contentsOf(listed: ListedImages, images: DecodedImages): string {
  const parts = (['train', 'validation', 'test'] as const).map((part) => {
    const [files, numbers] = [listed[part], images[part]]
    return files && numbers && [hash('sha256', numbers), hash('sha256', labelsOf(files))]
  })
  return hash('sha256', JSON.stringify([images.shape, listed.classNames, parts]))
}

function layoutNotes({ folder, test: share }: ImageFolder, { validation, test, folders }: ListedImages, held: Part) {
  const name = (path: string) => relative(folder, path)
  const notes: string[] = []
  if (validation !== null) {
    notes.push(`the images of ${name(folders.validation!)}, ${validation.length}, are the validation split`)
  }
  if (test === null) {
    const from = folders.train === folder ? 'the images' : `the images of ${name(folders.train)}`
    const count = held.labels.length
    const way = validation === null ? '' : `; to test on ${name(folders.validation!)}, name it test`
    notes.push(`there is no folder to test on: ${share} of ${from}, ${count}, are held out for it${way}`)
  }
  return notes
}

/** Of many files so many are named. */
const named = 5

const shown = (names: string[]): string =>
  [...names.slice(0, named), ...(names.length > named ? [`${names.length - named} more`] : [])].join(', ')

const skippedNotes = ({ skipped }: ListedImages): string[] =>
  skipped.length === 0 ? [] : [`skipped what is no image or class, ${skipped.length}: ${shown(skipped)}`]

/** Settings that the folders leave nothing to do for. */
function contradictions({ folder, split, test }: ImageFolder, { folders, ...listed }: ListedImages): Warning[] {
  const defaults = fill(definition('ImageFolderDataset'), { type: 'image-folder', folder }) as ImageFolder
  const found: Warning[] = []
  const tell = (part: string, images: number, value: number, path: string[]) => {
    const message = `${part} holds the ${images} images of this split, so that ${value} is without effect`
    found.push({ message, path })
  }
  if (listed.validation !== null && split.validation !== defaults.split.validation) {
    tell(folders.validation!, listed.validation.length, split.validation, ['split', 'validation'])
  }
  if (listed.test !== null && test !== defaults.test) tell(folders.test!, listed.test.length, test, ['test'])
  return found
}

const missing = ({ lacking }: ListedImages): Warning[] =>
  lacking.map(({ folder, classes }) => {
    const which = classes.length === 1 ? 'a class' : `${classes.length} classes`
    const message = `${folder} has no images of ${which} of the training images: ${shown(classes.map((name) => JSON.stringify(name)))}`
    return { message, path: ['folder'] }
  })

/** The first images of a folder are those of its first classes. */
function cut({ split }: ImageFolder, { test, classNames }: ListedImages): Warning[] {
  if (test === null || split.test === 'all') return []
  const classes = (files: ImageFile[]) => new Set(files.map(({ label }) => label)).size
  const [read, all] = [classes(test.slice(0, split.test)), classes(test)]
  if (read === all) return []
  const message = `the first ${split.test} images to test on are of ${read} of ${classNames.length} classes`
  return [{ message, path: ['split', 'test'] }]
}

export const imageFolder: Format<'image-folder'> = { load: loadImageFolder, files: imageFolderFiles }
