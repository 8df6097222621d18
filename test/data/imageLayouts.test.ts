// Folders of images as people have them: with a folder for validation, or none to test on, with links and strays.
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { Data, Samples } from '../../orchestrator/src/data/data.ts'
import { filesOf, loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { canonicalDataset } from '../../orchestrator/src/plan/identity.ts'
import { problemOf, split, temporaryFolder, write } from './files.ts'

const root = temporaryFolder()
let folders = 0
/** Of one pixel, whose value tells which image it is. */
const png = (value: number) =>
  sharp(Uint8Array.of(value), { raw: { height: 1, width: 1, channels: 1 } })
    .png()
    .toBuffer()

/** @param images by their paths, of so many values */
async function folder(images: Record<string, number[]>, others: Record<string, string> = {}): Promise<string> {
  const path = join(root, String(folders++))
  for (const [name, values] of Object.entries(images)) {
    for (const value of values) write(join(path, name, `${String(value).padStart(3, '0')}.png`), await png(value))
  }
  for (const [name, content] of Object.entries(others)) write(join(path, name), content)
  return path
}

type ImageFolder = Extract<ResolvedDataset, { type: 'image-folder' }>
const schemasSplit = { ...split, validation: 5000 } as const
const dataset = (path: string, changes: Partial<ImageFolder> = {}): ImageFolder => ({
  type: 'image-folder',
  folder: path,
  test: 0.2,
  color: 'grey',
  resize: 'none',
  split,
  augmentation: 'none',
  ...changes,
})
/** Of a split: each image's value and class. */
const held = ({ inputs, labels, indices }: Samples) => [...indices].map((at) => [inputs[at], labels[at]])
const splitsOf = (data: Data) => [data.train, data.validation, data.test].map(held)

const train = { 'train/cat': [1, 2, 3], 'train/dog': [4, 5, 6] }
const test = { 'test/cat': [7], 'test/dog': [8] }

describe('a folder for validation', () => {
  it.each(['val', 'valid', 'validation', 'Val'])('named %s is the validation split', async (name) => {
    const path = await folder({ ...train, ...test, [`${name}/cat`]: [9], [`${name}/dog`]: [10, 11] })
    const data = await loadDataset(dataset(path, { split: schemasSplit }))
    expect(splitsOf(data)).toEqual([
      [1, 2, 3, 4, 5, 6].map((value) => [value, value < 4 ? 0 : 1]),
      [
        [9, 0],
        [10, 1],
        [11, 1],
      ],
      [
        [7, 0],
        [8, 1],
      ],
    ])
    // Of the training split alone: the mean of 1 to 6.
    expect(data.preprocessing!.mean[0]).toBeCloseTo(3.5 / 255, 12)
    expect(data.notes).toEqual([`the images of ${name}, 3, are the validation split`])
    expect(data.warnings).toEqual([])
    expect(filesOf(dataset(path))).toContain(join(path, name, 'dog/011.png'))
  })

  it('leaves a number of validation samples nothing to do, which is told', async () => {
    const path = await folder({ ...train, ...test, 'val/cat': [9], 'val/dog': [10] })
    const data = await loadDataset(dataset(path, { split: { ...split, validation: 3, train: 4 } }))
    expect(data.warnings).toEqual([
      {
        message: `${join(path, 'val')} holds the 2 images of this split, so that 3 is without effect`,
        path: ['split', 'validation'],
      },
    ])
    expect(splitsOf(data).map(({ length }) => length)).toEqual([4, 2, 2])
    expect(await problemOf(dataset(path, { split: { ...schemasSplit, train: 7 } }))).toMatchObject({
      message: 'expected at most 6 training samples, got 7',
      path: ['split', 'train'],
    })
  })

  it('without one to test on: a share of the training images is held out', async () => {
    const path = await folder({ ...train, 'val/cat': [9], 'val/dog': [10] })
    const data = await loadDataset(dataset(path, { split: schemasSplit, test: 0.34 }))
    const [learned, validated, tested] = splitsOf(data).map((samples) => samples.map(([value]) => value))
    expect(validated).toEqual([9, 10])
    expect(tested).toHaveLength(2)
    expect([...learned!, ...tested!].sort()).toEqual([1, 2, 3, 4, 5, 6])
    expect(data.notes).toEqual([
      'the images of val, 2, are the validation split',
      'there is no folder to test on: 0.34 of the images of train, 2, are held out for it; to test on val, name it test',
    ])
    expect(data.warnings).toEqual([])
  })

  it('tells data apart that have the same images elsewhere', async () => {
    const contents = async (images: Record<string, number[]>, changes: Partial<ImageFolder> = {}) =>
      (await loadDataset(dataset(await folder(images), changes))).contents
    const known = await contents({ ...train, ...test, 'val/cat': [9], 'val/dog': [10] })
    expect(await contents({ ...train, ...test, 'val/cat': [9], 'val/dog': [10] })).toBe(known)
    expect(await contents({ ...train, ...test, 'val/cat': [9], 'val/dog': [11] })).not.toBe(known)
    expect(await contents({ ...train, ...test })).not.toBe(known)
    const unseeded = await contents({ cat: [1, 2], dog: [3, 4, 5] })
    expect(await contents({ cat: [1, 2], dog: [3, 4, 5] }, { split: { ...split, seed: 1 } })).toBe(unseeded)
  })
})

describe('a folder with none for splits', () => {
  it('holds the classes’ folders, and shares of their images are held out', async () => {
    const path = await folder({ cat: [1, 2, 3, 4, 5], dog: [6, 7, 8, 9, 10] })
    const data = await loadDataset(dataset(path, { test: 0.3, split: { ...split, validation: 2 } }))
    const [learned, validated, tested] = splitsOf(data)
    expect([learned!.length, validated!.length, tested!.length]).toEqual([5, 2, 3])
    const all = [...learned!, ...validated!, ...tested!].sort((one, other) => one[0]! - other[0]!)
    expect(all).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((value) => [value, value < 6 ? 0 : 1]))
    expect(data.classNames).toEqual(['cat', 'dog'])
    expect(data.notes).toEqual(['there is no folder to test on: 0.3 of the images, 3, are held out for it'])
    const shared = await loadDataset(dataset(path, { test: 0.3, split: { ...split, validation: 0.3 } }))
    // Of the 7 images that are left.
    expect(splitsOf(shared)).toEqual([learned, validated, tested])
    const others = await loadDataset(dataset(path, { test: 0.3, split: { ...split, seed: 5 } }))
    expect(splitsOf(others)[2]).not.toEqual(tested)
  })

  it('may have a class called test, but not splits without folders of classes', async () => {
    const data = await loadDataset(dataset(await folder({ control: [1, 2, 3], test: [4, 5, 6] })))
    expect(data.classNames).toEqual(['control', 'test'])
    const path = await folder({ train: [1, 2, 3], test: [4, 5, 6] })
    expect((await problemOf(dataset(path))).message).toBe(
      `${join(path, 'train/001.png')}: expected a folder of a class, got an image`,
    )
  })

  it('or with train alone has a share of it held out', async () => {
    const data = await loadDataset(dataset(await folder(train)))
    expect(splitsOf(data).map(({ length }) => length)).toEqual([4, 1, 1])
  })

  it('is another trial where another share is held out, and the same as ever by default', () => {
    const known = canonicalDataset(dataset('/a', { sha256: 'b' }))
    expect(known).not.toContain('"test":0.2')
    expect(canonicalDataset(dataset('/a', { sha256: 'b', test: 0.3 }))).toContain('"test":0.3')
  })
})

describe('most likely a slip, and told:', () => {
  it('a class that only the training images have', async () => {
    const path = await folder({ ...train, 'train/bird': [12], 'test/cat': [7], 'val/bird': [13], 'val/cat': [14] })
    const { warnings } = await loadDataset(dataset(path, { split: schemasSplit }))
    expect(warnings).toEqual([
      { message: `${join(path, 'val')} has no images of a class of the training images: "dog"`, path: ['folder'] },
      {
        message: `${join(path, 'test')} has no images of 2 classes of the training images: "bird", "dog"`,
        path: ['folder'],
      },
    ])
  })

  it('a part of the images to test on that lacks classes', async () => {
    const path = await folder({ ...train, 'test/cat': [7, 9], 'test/dog': [8] })
    const { warnings } = await loadDataset(dataset(path, { split: { ...split, test: 2 } }))
    expect(warnings).toEqual([
      { message: 'the first 2 images to test on are of 1 of 2 classes', path: ['split', 'test'] },
    ])
  })

  it('a share to hold out beside a folder to test on', async () => {
    const path = await folder({ ...train, ...test })
    const { warnings } = await loadDataset(dataset(path, { test: 0.3 }))
    expect(warnings).toEqual([
      {
        message: `${join(path, 'test')} holds the 2 images of this split, so that 0.3 is without effect`,
        path: ['test'],
      },
    ])
  })
})

describe('links', () => {
  it('to folders of classes, to splits and to files are followed', async () => {
    const real = await folder({ ...train, ...test })
    const path = join(root, String(folders++))
    mkdirSync(join(path, 'train/dog'), { recursive: true })
    symlinkSync(join(real, 'train/cat'), join(path, 'train/cat'))
    for (const value of [4, 5, 6]) {
      symlinkSync(join(real, `train/dog/00${value}.png`), join(path, `train/dog/00${value}.png`))
    }
    symlinkSync(join(real, 'test'), join(path, 'test'))
    const [linked, plain] = [await loadDataset(dataset(path)), await loadDataset(dataset(real))]
    expect(linked.contents).toBe(plain.contents)
    expect(filesOf(dataset(path))).toHaveLength(8)
  })

  it('to nothing are told, and those that lead back to where they stand are not entered', async () => {
    const path = await folder({ ...train, ...test })
    symlinkSync('..', join(path, 'train/loop'))
    symlinkSync('.', join(path, 'train/cat/loop'))
    const { notes, classNames } = await loadDataset(dataset(path))
    expect(classNames).toEqual(['cat', 'dog'])
    expect(notes).toEqual(['skipped what is no image or class, 2: train/cat/loop, train/loop'])
    symlinkSync('nowhere.png', join(path, 'train/dog/9.png'))
    expect((await problemOf(dataset(path))).message).toBe(`${join(path, 'train/dog/9.png')}: a link to nothing`)
  })
})

describe('files that are no images', () => {
  it('are left out and counted', async () => {
    const strays = [
      'train/labels.csv',
      'train/dog/Thumbs.db',
      'train/dog/.DS_Store',
      'train/dog/._005.png',
      'README',
      'more/a.png',
    ]
    const junk = ['__MACOSX/train/dog/._1.png', 'train/.ipynb_checkpoints/a.png', 'train/dog/@eaDir/5.png']
    const given = Object.fromEntries([...strays, ...junk].map((name) => [name, 'none of the data']))
    const [plain, data] = [
      await loadDataset(dataset(await folder({ ...train, ...test }))),
      await loadDataset(dataset(await folder({ ...train, ...test }, given))),
    ]
    expect(data.contents).toBe(plain.contents)
    expect(plain.notes).toEqual([])
    expect(data.notes).toEqual([
      'skipped what is no image or class, 9: README, __MACOSX, more, train/.ipynb_checkpoints, train/dog/.DS_Store, 4 more',
    ])
  })

  it('unless their names say that they are, whatever the case', async () => {
    const path = await folder({ ...train, ...test }, { 'train/dog/7.JPG': 'none' })
    expect((await problemOf(dataset(path))).message).toMatch(/7\.JPG: expected an image in JPEG, /)
  })

  it('but an image of another name is one', async () => {
    const path = await folder({ ...train, ...test })
    write(join(path, 'train/dog/no-extension'), await png(77))
    write(join(path, 'train/dog/7.PNG'), await png(78))
    expect([...(await loadDataset(dataset(path))).train.inputs]).toEqual([1, 2, 3, 4, 5, 6, 78, 77])
  })
})
