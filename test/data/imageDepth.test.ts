// Images of more than a byte for a number: read as bytes where these keep them apart, else as they stand in the file.
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { batchOf } from '../../orchestrator/src/data/data.ts'
import { gatherer } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { problemOf, split, temporaryFolder, write } from './files.ts'

const root = temporaryFolder()
let folders = 0

type Kind = 'ushort' | 'float' | 'uchar'
/** In 16 bits a PNG, of floats a TIFF. */
async function image(numbers: number[], kind: Kind, channels: 1 | 3 = 1): Promise<Buffer> {
  if (kind === 'float') return tiff(numbers)
  const raw = { height: 1, width: numbers.length / channels, channels }
  if (kind === 'uchar') return sharp(Uint8Array.from(numbers), { raw }).png().toBuffer()
  const space = channels === 1 ? 'grey16' : 'rgb16'
  return sharp(Uint16Array.from(numbers), { raw }).toColourspace(space).png().toBuffer()
}

/** A row of float32. */
function tiff(numbers: number[]): Buffer {
  const fields = {
    256: numbers.length,
    257: 1,
    258: 32,
    259: 1,
    262: 1,
    273: 8,
    277: 1,
    278: 1,
    279: 4 * numbers.length,
    339: 3,
  }
  const directory = 8 + 4 * numbers.length
  const entries = Object.entries(fields)
  const bytes = Buffer.alloc(directory + 2 + 12 * entries.length + 4)
  bytes.write('II*')
  bytes.writeUInt32LE(directory, 4)
  for (const [at, number] of numbers.entries()) bytes.writeFloatLE(number, 8 + 4 * at)
  bytes.writeUInt16LE(entries.length, directory)
  for (const [at, [tag, value]] of entries.entries()) {
    const place = directory + 2 + 12 * at
    bytes.writeUInt16LE(Number(tag), place)
    // Of 32 bits, one of them.
    bytes.writeUInt16LE(4, place + 2)
    bytes.writeUInt32LE(1, place + 4)
    bytes.writeUInt32LE(value, place + 8)
  }
  return bytes
}

interface Images {
  cat: number[][]
  dog: number[][]
  test: number[][]
  kind?: Kind
  channels?: 1 | 3
}

async function folder({ cat, dog, test, kind = 'ushort', channels = 1 }: Images): Promise<string> {
  const path = join(root, String(folders++))
  for (const [name, images] of Object.entries({
    'train/cat': cat,
    'train/dog': dog,
    'test/cat': test,
    'test/dog': test,
  })) {
    for (const [at, numbers] of images.entries()) {
      write(join(path, name, `${at}.${kind === 'float' ? 'tif' : 'png'}`), await image(numbers, kind, channels))
    }
  }
  return path
}

const dataset = (folder: string, changes = {}) =>
  ({
    type: 'image-folder',
    folder,
    test: 0.2,
    color: 'grey',
    resize: 'none',
    split,
    augmentation: 'none',
    ...changes,
  }) as const

describe('images of 16 bits', () => {
  const low = {
    cat: [
      [0, 1, 2],
      [3, 4, 5],
    ],
    dog: [
      [100, 110, 120],
      [7, 8, 9],
    ],
    test: [[0, 120, 240]],
  }

  it('of a low range are the numbers of the file, divided by the most of the training files', async () => {
    const data = await loadDataset(dataset(await folder(low)))
    expect([...data.train.inputs]).toEqual([0, 1, 2, 3, 4, 5, 100, 110, 120, 7, 8, 9])
    expect([...data.test.inputs]).toEqual([0, 120, 240, 0, 120, 240])
    expect(data.notes).toEqual([
      'images have 16 bits a number, from 0 to 120 in the training files, of which bytes would keep too little: numbers are kept and divided by 120',
    ])
    // By hand, over the samples to train on.
    const learned = [...data.train.indices].flatMap((at) => [...data.train.inputs.subarray(3 * at, 3 * at + 3)])
    const mean = learned.reduce((sum, value) => sum + value, 0) / learned.length
    const deviation = Math.sqrt(learned.reduce((sum, value) => sum + (value - mean) ** 2, 0) / learned.length)
    expect(data.preprocessing!.divisor).toBe(120)
    expect(data.preprocessing!.mean[0]).toBeCloseTo(mean / 120, 12)
    expect(data.preprocessing!.deviation[0]).toBeCloseTo(deviation / 120, 12)
    const inputs = batchOf(data, 1)
    gatherer(data)(data.test, Int32Array.of(0), inputs, new Int32Array(1))
    for (const [at, value] of [0, 120, 240].entries()) expect(inputs[at]).toBeCloseTo((value - mean) / deviation, 5)
  })

  it('of a low range in color', async () => {
    const path = await folder({
      cat: [
        [0, 1, 2],
        [3, 4, 5],
      ],
      dog: [[9, 10, 11]],
      test: [[6, 7, 8]],
      channels: 3,
    })
    const data = await loadDataset(dataset(path, { color: 'rgb' }))
    expect(data.inputShape).toEqual([1, 1, 3])
    expect([...data.train.inputs]).toEqual([0, 1, 2, 3, 4, 5, 9, 10, 11])
    expect([...data.test.inputs]).toEqual([6, 7, 8, 6, 7, 8])
  })

  it('of their whole range are the upper bytes', async () => {
    const all = Array.from({ length: 256 }, (_, at) => at * 256 + at)
    const path = await folder({ cat: [all], dog: [all.toReversed()], test: [all] })
    const data = await loadDataset(dataset(path))
    expect(data.train.inputs).toBeInstanceOf(Uint8Array)
    // Within what one library's rounding differs from another's.
    for (const [at, value] of all.entries()) expect(Math.abs(data.test.inputs[at]! - value / 257)).toBeLessThan(1)
    expect(data.notes).toEqual(['4 images have 16 bits a number and are read as bytes'])
    expect(data.warnings).toEqual([])
  })

  it('of few values that bytes tell apart are bytes, too', async () => {
    const data = await loadDataset(dataset(await folder({ cat: [[0, 65535]], dog: [[257, 514]], test: [[0, 257]] })))
    expect([...data.train.inputs]).toEqual([0, 255, 1, 2])
  })

  it('beside others of 8 are told', async () => {
    const all = Array.from({ length: 256 }, (_, at) => at * 256)
    const path = await folder({ cat: [all], dog: [all], test: [all] })
    write(
      join(path, 'train/cat/1.png'),
      await image(
        all.map((value) => value >> 8),
        'uchar',
      ),
    )
    const { warnings } = await loadDataset(dataset(path))
    expect(warnings).toEqual([
      {
        message: `4 of 5 images have 16 bits a number and the others 8, which bytes may not mean the same of; the first of them is ${join(path, 'train/cat/0.png')}`,
        path: ['folder'],
      },
    ])
    const few = await folder(low)
    write(join(few, 'test/cat/1.png'), await image([1, 2, 3], 'uchar'))
    const { message } = await problemOf(dataset(few))
    expect(message).toBe(
      `${join(few, 'test/cat/1.png')}: expected numbers of 16 bits as in ${join(few, 'train/cat/0.png')}, got 8 bits`,
    )
  })

  it('are known by what they hold', async () => {
    const contents = async (images: Images) => (await loadDataset(dataset(await folder(images)))).contents
    const known = await contents(low)
    expect(await contents(low)).toBe(known)
    expect(
      await contents({
        ...low,
        cat: [
          [0, 1, 2],
          [3, 4, 6],
        ],
      }),
    ).not.toBe(known)
  })
})

describe('images of floats', () => {
  it('that bytes cannot hold are kept', async () => {
    const numbers = [0.125, 0.25, 1, 0.5]
    const data = await loadDataset(
      dataset(await folder({ cat: [numbers], dog: [numbers], test: [[-2, 0, 1, 3]], kind: 'float' })),
    )
    expect([...data.train.inputs.subarray(0, 4)]).toEqual(numbers)
    expect([...data.test.inputs.subarray(0, 4)]).toEqual([-2, 0, 1, 3])
    expect(data.preprocessing!.divisor).toBe(1)
  })

  it('that are whole and below 256 are bytes', async () => {
    const data = await loadDataset(
      dataset(await folder({ cat: [[0, 255]], dog: [[7, 100]], test: [[1, 2]], kind: 'float' })),
    )
    expect(data.train.inputs).toEqual(Uint8Array.of(0, 255, 7, 100))
  })

  it('that are none are refused', async () => {
    const given = { cat: [[0.5, 0.25]], dog: [[0.5, 0.1]], test: [[Number.NaN, 2]], kind: 'float' } as const
    expect((await problemOf(dataset(await folder(given as unknown as Images)))).message).toMatch(
      /test\/cat\/0\.tif: .*: expected finite numbers, got NaN; .*test\/dog\/0\.tif/,
    )
  })
})

it('files with several images are told, of which the first is read', async () => {
  const pages = [10, 20].map((value) => Buffer.alloc(3, value))
  const gif = await sharp(Buffer.concat(pages), { raw: { width: 1, height: 2, channels: 3, pageHeight: 1 } })
    .gif()
    .toBuffer()
  const path = await folder({ cat: [[0]], dog: [[50]], test: [[1]], kind: 'uchar' })
  write(join(path, 'train/cat/1.gif'), gif)
  const data = await loadDataset(dataset(path))
  expect([...data.train.inputs]).toEqual([0, 10, 50])
  expect(data.notes).toEqual([
    `1 file holds several images, of which the first is read: ${join(path, 'train/cat/1.gif')}`,
  ])
})
