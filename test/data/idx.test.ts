import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { ResolvedDataset } from '@retort/schema/trial'
import { afterAll, describe, expect, it } from 'vitest'
import { DatasetProblem } from '../../orchestrator/src/data/data.ts'
import { gatherer } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'

const folder = mkdtempSync(join(tmpdir(), 'retort-idx-'))
afterAll(() => rmSync(folder, { recursive: true }))

function idx(dims: number[], values: number[], type = 0x08): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length)
  header.set([0, 0, type, dims.length])
  for (const [axis, dim] of dims.entries()) header.writeUInt32BE(dim, 4 + 4 * axis)
  return Buffer.concat([header, Buffer.from(values)])
}

let files = 0
function write(bytes: Buffer): string {
  const path = join(folder, `file${files++}`)
  writeFileSync(path, bytes)
  return path
}

/** Six training images and two test images of 1 x 2 pixels with 2 channels. */
const good = {
  trainImages: idx([6, 1, 2, 2], [0, 9, 255, 9, 255, 9, 0, 9, 0, 9, 255, 9, 255, 9, 0, 9, 0, 9, 255, 9, 255, 9, 0, 9]),
  trainLabels: idx([6], [0, 1, 2, 0, 1, 2]),
  testImages: idx([2, 1, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
  testLabels: idx([2], [2, 0]),
}

function dataset(changes: Partial<Record<keyof typeof good, Buffer>> = {}, split = {}): ResolvedDataset {
  const { trainImages, trainLabels, testImages, testLabels } = { ...good, ...changes }
  return {
    type: 'idx',
    trainImages: write(trainImages),
    trainLabels: write(trainLabels),
    testImages: write(testImages),
    testLabels: write(testLabels),
    layout: 'auto',
    split: { train: 'rest', validation: 2, test: 'all', seed: 0, ...split },
    augmentation: 'none',
  } as ResolvedDataset
}

async function problemOf(given: ResolvedDataset): Promise<DatasetProblem> {
  const error = await loadDataset(given).then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(DatasetProblem)
  return error as DatasetProblem
}

describe('a data set of IDX files', () => {
  it('loads, plain or gzipped, with each channel standardised over the training split', async () => {
    const plain = await loadDataset(dataset())
    const zipped = await loadDataset(
      dataset({ trainImages: gzipSync(good.trainImages), testLabels: gzipSync(good.testLabels) }),
    )
    expect(zipped.hash).toBe(plain.hash)
    expect(plain).toMatchObject({ inputShape: [1, 2, 2], classes: 3, trainFileSamples: 6 })
    expect(plain.train.indices.length).toBe(4)
    // Every image has one pixel of 0 and one of 255 in channel 0, and the constant 9 in channel 1.
    expect(plain.preprocessing!.mean[0]).toBeCloseTo(0.5, 12)
    expect(plain.preprocessing!.deviation[0]).toBeCloseTo(0.5, 12)
    expect(plain.preprocessing!.mean[1]).toBeCloseTo(9 / 255, 12)
    const images = new Float32Array(2 * 4)
    const labels = new Int32Array(2)
    gatherer(plain)(plain.train, Int32Array.of(5, 0), images, labels)
    expect([...images].map((value) => Math.round(value * 1e5) / 1e5 + 0)).toEqual([1, 0, -1, 0, -1, 0, 1, 0])
    expect([...labels]).toEqual([2, 0])
  })

  it('takes images without a channel axis as having one channel', async () => {
    const images = {
      trainImages: idx([6, 1, 4], [...good.trainImages.subarray(20)]),
      testImages: idx([2, 1, 4], [1, 2, 3, 4, 5, 6, 7, 8]),
    }
    expect((await loadDataset(dataset(images))).inputShape).toEqual([1, 4, 1])
  })

  it('has another hash for other bytes, another split, another order of labels', async () => {
    const hashes = await Promise.all(
      [
        dataset(),
        dataset({ testImages: idx([2, 1, 2, 2], [1, 2, 3, 4, 5, 6, 7, 9]) }),
        dataset({ trainLabels: idx([6], [1, 0, 2, 0, 1, 2]) }),
        dataset({}, { validation: 3 }),
        dataset({}, { seed: 1 }),
      ].map(async (given) => (await loadDataset(given)).hash),
    )
    expect(new Set(hashes).size).toBe(5)
  })
})

describe('errors of IDX files name the file and both values', () => {
  it.each([
    [
      'a file that is cut short',
      { trainImages: good.trainImages.subarray(0, -1) },
      'trainImages',
      /expected 44 bytes for \[6, 1, 2, 2\], got 43/,
    ],
    [
      'a file with too much',
      { testLabels: Buffer.concat([good.testLabels, Buffer.of(0)]) },
      'testLabels',
      /expected 10 bytes for \[2\], got 11/,
    ],
    ['an empty file', { testLabels: Buffer.alloc(0) }, 'testLabels', /at least 4 bytes, got 0/],
    [
      'a header that is cut short',
      { testLabels: good.testLabels.subarray(0, 6) },
      'testLabels',
      /header of 8 bytes for magic number 0x00000801, got 6/,
    ],
    [
      'a wrong magic number',
      { trainLabels: Buffer.from('PNG is not IDX') },
      'trainLabels',
      /0x000008\.\., then the rank\), got 0x504e4720/,
    ],
    [
      'numbers of another type',
      { trainLabels: idx([6], [0, 1, 2, 0, 1, 2], 0x0d) },
      'trainLabels',
      /got 0x00000d01, one of 32-bit floats$/,
    ],
    [
      'channels that stand first',
      { trainImages: idx([2, 3, 5, 5], new Array(150).fill(1)) },
      'layout',
      /may be 2 images of 5 x 5 with 3 channels, or of 3 x 5 with 5 channels: say/,
    ],
    [
      'gzip that is damaged',
      { trainImages: gzipSync(good.trainImages).subarray(0, 20) },
      'trainImages',
      /damaged gzip/,
    ],
    [
      'labels where images should be',
      { trainImages: good.trainLabels },
      'trainImages',
      /\[n, height, width\].*, got \[6\]/,
    ],
    [
      'test images of another size',
      { testImages: idx([2, 2, 2, 1], [1, 2, 3, 4, 5, 6, 7, 8]) },
      'testImages',
      /1 x 2 x 2 .*, got 2 x 2 x 1/,
    ],
    ['too few labels', { trainLabels: idx([5], [0, 1, 2, 0, 1]) }, 'trainLabels', /expected labels \[6\].*, got \[5\]/],
    ['a test label that never trained', { testLabels: idx([2], [3, 0]) }, 'testLabels', /labels below 3.*, got 3/],
    [
      'one class only',
      { trainLabels: idx([6], [0, 0, 0, 0, 0, 0]), testLabels: idx([2], [0, 0]) },
      'trainLabels',
      /at least 2 classes, got 1/,
    ],
  ] as const)('%s', async (_, changes, key, message) => {
    const given = dataset(changes) as Extract<ResolvedDataset, { type: 'idx' }>
    const problem = await problemOf(given)
    expect(problem.path).toEqual([key])
    expect(problem.message).toMatch(message)
    expect(problem.message).toContain(given[key === 'layout' ? 'trainImages' : key])
  })

  it('a file that is not there', async () => {
    const problem = await problemOf({ ...dataset(), trainImages: join(folder, 'nowhere') } as ResolvedDataset)
    expect(problem).toMatchObject({ path: ['trainImages'], message: `${join(folder, 'nowhere')}: no such file` })
  })

  it.each([
    [{ validation: 6 }, ['split', 'validation'], /fewer validation samples than the training file's 6, got 6/],
    [{ train: 5 }, ['split', 'train'], /at most 4 training samples \(6 in the file, 2 of them for validation\), got 5/],
    [{ test: 3 }, ['split', 'test'], /the test file's 2 samples, got 3/],
  ])('a split that does not fit: %j', async (split, path, message) => {
    const problem = await problemOf(dataset({}, split))
    expect(problem.path).toEqual(path)
    expect(problem.message).toMatch(message)
  })
})
