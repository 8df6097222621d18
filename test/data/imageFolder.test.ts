import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { filesOf, loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { problemOf, split, temporaryFolder, write } from './files.ts'

const root = temporaryFolder()
const png = (pixels: number[], [height, width, channels]: [number, number, 1 | 3 | 4]) =>
  sharp(Uint8Array.from(pixels), { raw: { height, width, channels } }).png().toBuffer()

let folders = 0
/** Three training images of each of two classes and a test image, of 1 x 2 pixels. */
async function folder(changes: Record<string, Uint8Array> = {}): Promise<string> {
  const path = join(root, String(folders++))
  const files: Record<string, Uint8Array> = {
    'train/dog/1.png': await png([0, 1, 2, 3, 4, 5], [1, 2, 3]),
    'train/dog/2.png': await png([6, 7, 8, 9, 10, 11], [1, 2, 3]),
    'train/cat/1.png': await png([12, 13, 14, 15, 16, 17], [1, 2, 3]),
    'train/.DS_Store': Buffer.from('none of the data'),
    'test/dog/1.png': await png([250, 251, 252, 253, 254, 255], [1, 2, 3]),
    ...changes,
  }
  for (const [name, content] of Object.entries(files)) write(join(path, name), content)
  return path
}
const dataset = (path: string, changes = {}) =>
  ({
    type: 'image-folder',
    folder: path,
    test: 0.2,
    color: 'rgb',
    resize: 'none',
    split,
    augmentation: 'none',
    ...changes,
  }) as const

describe('a folder of images', () => {
  it('has a class for each folder, and the files’ very pixels', async () => {
    const given = dataset(await folder())
    const data = await loadDataset(given)
    expect(data).toMatchObject({ inputShape: [1, 2, 3], classes: 2, classNames: ['cat', 'dog'], trainFileSamples: 3 })
    expect([...data.train.inputs]).toEqual([12, 13, 14, 15, 16, 17, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect([...data.train.labels]).toEqual([0, 1, 1])
    expect([...data.test.inputs]).toEqual([250, 251, 252, 253, 254, 255])
    expect([...data.test.labels]).toEqual([1])
    // All of which may change.
    const files = filesOf(given).filter((file) => file.endsWith('.png'))
    const names = ['train/cat/1.png', 'train/dog/1.png', 'train/dog/2.png', 'test/dog/1.png']
    expect(files).toEqual(names.map((name) => join(given.folder, name)))
  })

  it('reads JPEG, grey images as colored ones and the reverse, and leaves out transparency', async () => {
    const grey = await png([7, 200], [1, 2, 1])
    const clear = await png([1, 2, 3, 0, 4, 5, 6, 128], [1, 2, 4])
    const jpeg = await sharp(Buffer.alloc(6, 100), { raw: { height: 1, width: 2, channels: 3 } })
      .jpeg()
      .toBuffer()
    const path = await folder({ 'train/dog/1.png': grey, 'train/dog/2.png': clear, 'train/cat/1.png': jpeg })
    const data = await loadDataset(dataset(path))
    expect([...data.train.inputs]).toEqual([100, 100, 100, 100, 100, 100, 7, 7, 7, 200, 200, 200, 1, 2, 3, 4, 5, 6])
    const inGrey = await loadDataset(dataset(path, { color: 'grey' }))
    expect(inGrey.inputShape).toEqual([1, 2, 1])
    expect([...inGrey.train.inputs.subarray(0, 4)]).toEqual([100, 100, 7, 200])
  })

  it('stretches images to one size where that is asked for', async () => {
    const path = await folder({ 'train/cat/1.png': await png(Array(48).fill(77), [4, 4, 3]) })
    const data = await loadDataset(dataset(path, { resize: { height: 2, width: 3 } }))
    expect(data.inputShape).toEqual([2, 3, 3])
    expect([...data.train.inputs.subarray(0, 18)]).toEqual(Array(18).fill(77))
  })
})

describe('errors name the file or folder', () => {
  it.each([
    [
      'images of several sizes',
      { 'train/dog/2.png': () => png(Array(12).fill(0), [2, 2, 3]) },
      'train/dog/2.png',
      /: expected 1 x 2 x 3 as in .*train\/cat\/1\.png, got 2 x 2 x 3; set "resize"/,
    ],
    [
      'an image that is cut short',
      {
        'train/dog/2.png': async () =>
          (
            await png(
              Array(600)
                .fill(0)
                .map((_, at) => (at * 7919) % 251),
              [10, 20, 3],
            )
          ).subarray(0, 300),
      },
      'train/dog/2.png',
      /: expected an image in JPEG, PNG, WebP, GIF, AVIF, TIFF, BMP or SVG: /,
    ],
    [
      'an image of a kind that is not read',
      { 'train/dog/1.heic': async () => Buffer.from('none') },
      'train/dog/1.heic',
      /: expected an image in JPEG, PNG, .*: Input buffer contains unsupported image format/,
    ],
    [
      'an image among the classes',
      { 'train/1.PNG': () => png([0, 0], [1, 2, 1]) },
      'train/1.PNG',
      /: expected a folder of a class, got an image/,
    ],
    [
      'two folders of one split',
      { 'val/dog/1.png': () => png([0, 0], [1, 2, 1]), 'valid/dog/1.png': () => png([0, 0], [1, 2, 1]) },
      'valid',
      /: expected one folder for validation, got val, too/,
    ],
    [
      'a folder among the images',
      { 'train/dog/old/1.png': () => png([0, 0], [1, 2, 1]) },
      'train/dog/old',
      /: expected an image, got a folder/,
    ],
    [
      'a class only of the test images',
      { 'test/bird/1.png': () => png([0, 0], [1, 2, 1]) },
      'test/bird',
      /: expected a class of the training images: "cat", "dog"/,
    ],
  ] as const)('%s', async (_, changes, name, message) => {
    const made = Object.entries(changes).map(async ([path, make]) => [path, await make()])
    const path = await folder(Object.fromEntries(await Promise.all(made)))
    const problem = await problemOf(dataset(path))
    expect(problem.message.startsWith(join(path, name))).toBe(true)
    expect(problem.message).toMatch(message)
    expect(problem.path).toEqual(['folder'])
  })

  it('classes without images, too few classes, folders that are not there', async () => {
    const path = await folder()
    mkdirSync(join(path, 'train/bird'))
    expect((await problemOf(dataset(path))).message).toBe(
      `${join(path, 'train/bird')}: expected images of the class, got none`,
    )
    rmSync(join(path, 'train/bird'), { recursive: true })
    rmSync(join(path, 'train/cat'), { recursive: true })
    expect((await problemOf(dataset(path))).message).toBe(
      `${join(path, 'train')}: expected a folder for each of at least 2 classes, got only "dog"`,
    )
    rmSync(join(path, 'test'), { recursive: true })
    rmSync(join(path, 'train'), { recursive: true })
    mkdirSync(join(path, 'test/cat'), { recursive: true })
    expect((await problemOf(dataset(path))).message).toBe(`${join(path, 'train')}: no such folder`)
    expect((await problemOf(dataset(join(root, 'nowhere')))).message).toBe(`${join(root, 'nowhere')}: no such folder`)
  })

  it('several files at once, a few of many', async () => {
    const broken = Array.from({ length: 7 }, (_, at) => [`train/dog/9${at}.png`, Buffer.from('none')])
    const path = await folder(Object.fromEntries(broken))
    const { message } = await problemOf(dataset(path))
    const told = [0, 1, 2, 3, 4].map((at) => `${join(path, `train/dog/9${at}.png`)}: expected an image in [^;]*; `)
    expect(message).toMatch(new RegExp(`^${told.join('')}and 2 more$`))
  })
})
