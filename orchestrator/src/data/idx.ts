// The data set of four IDX files that the user names.
import type { ResolvedDataset } from '@retort/schema/trial'
import { assemble } from './assemble.ts'
import { type Data, DatasetProblem, type Preprocessing, type Samples } from './data.ts'
import { type IdxArray, readIdx } from './readIdx.ts'

type Names = Extract<ResolvedDataset, { type: 'idx' }>
type Key = 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels'

export const idxFiles = ({ trainImages, trainLabels, testImages, testLabels }: Names): string[] => [
  trainImages,
  trainLabels,
  testImages,
  testLabels,
]

/** Pixels are standardised by each channel's mean and standard deviation over the training split. */
export async function loadIdx(dataset: Names): Promise<Data> {
  // One after the other, so that of several problems always the same one is told.
  const read = (key: Key) => readIdx(dataset[key], key)
  const files: Record<Key, IdxArray> = {
    trainImages: await read('trainImages'),
    trainLabels: await read('trainLabels'),
    testImages: await read('testImages'),
    testLabels: await read('testLabels'),
  }
  const shape = imageShape(files.trainImages, dataset, 'trainImages')
  const testShape = imageShape(files.testImages, dataset, 'testImages')
  if (String(shape) !== String(testShape)) {
    throw new DatasetProblem(
      `${dataset.testImages}: expected images of ${shape.join(' x ')} as in ${dataset.trainImages}, got ${testShape.join(' x ')}`,
      ['testImages'],
    )
  }
  checkLabels(files, dataset, 'trainImages', 'trainLabels')
  checkLabels(files, dataset, 'testImages', 'testLabels')
  const classes = 1 + highest(files.trainLabels.values)
  const testClasses = 1 + highest(files.testLabels.values)
  if (testClasses > classes) {
    throw new DatasetProblem(
      `${dataset.testLabels}: expected labels below ${classes}, the highest of ${dataset.trainLabels} plus one, got ${testClasses - 1}`,
      ['testLabels'],
    )
  }
  if (classes < 2) {
    throw new DatasetProblem(`${dataset.trainLabels}: expected at least 2 classes, got ${classes}`, ['trainLabels'])
  }
  return assemble({
    split: dataset.split,
    train: { images: files.trainImages.values, labels: files.trainLabels.values },
    test: { images: files.testImages.values, labels: files.testLabels.values },
    inputShape: shape,
    classes,
    preprocessing: (train) => channelStatistics(train, shape),
  })
}

function imageShape({ dims }: IdxArray, dataset: Names, key: Key): [number, number, number] {
  const [, height, width, channels = 1] = dims
  const usable = (dims.length === 3 || dims.length === 4) && dims.every((dim) => dim > 0)
  if (!usable || height === undefined || width === undefined) {
    throw new DatasetProblem(
      `${dataset[key]}: expected images [n, height, width] or [n, height, width, channels], got [${dims.join(', ')}]`,
      [key],
    )
  }
  return [height, width, channels]
}

function checkLabels(files: Record<Key, IdxArray>, dataset: Names, images: Key, labels: Key): void {
  const { dims } = files[labels]
  const samples = files[images].dims[0]
  if (dims.length !== 1 || dims[0] !== samples) {
    throw new DatasetProblem(
      `${dataset[labels]}: expected labels [${samples}], one for each image of ${dataset[images]}, got [${dims.join(', ')}]`,
      [labels],
    )
  }
}

const highest = (labels: Uint8Array) => labels.reduce((most, label) => Math.max(most, label), 0)

/** Of bytes / 255. A channel of one value gets deviation 1: it standardises to zeros. */
export function channelStatistics(
  samples: Samples,
  [height, width, channels]: [number, number, number],
): Preprocessing {
  const pixels = height * width
  const counts = Array.from({ length: channels }, () => new Float64Array(256))
  for (const index of samples.indices) {
    const start = index * pixels * channels
    for (let at = 0; at < pixels * channels; at++) {
      const count = counts[at % channels] as Float64Array
      const byte = samples.images[start + at] as number
      count[byte] = (count[byte] as number) + 1
    }
  }
  const total = samples.indices.length * pixels
  const average = (count: Float64Array, of: (value: number) => number) =>
    count.reduce((sum, times, byte) => sum + times * of(byte / 255), 0) / total
  const mean = counts.map((count) => average(count, (value) => value))
  const deviation = counts.map((count, channel) =>
    Math.sqrt(average(count, (value) => (value - (mean[channel] as number)) ** 2)),
  )
  return { mean, deviation: deviation.map((value) => (value === 0 ? 1 : value)) }
}
