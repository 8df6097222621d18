// The data set of four IDX files that the user names.
import type { ResolvedDataset } from '@retort/schema/trial'
import { fromArrays, type NamedArray } from './arrays.ts'
import { type Data, DatasetProblem } from './data.ts'
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
  const read = async (key: Key) => ({ file: dataset[key], key, ...(await readIdx(dataset[key], key)) })
  const labels = (array: NamedArray<Uint8Array>) => ({ ...array, values: Int32Array.from(array.values) })
  // One after the other, so that of several problems always the same one is told.
  const [trainImages, trainLabels] = [await read('trainImages'), await read('trainLabels')]
  const [testImages, testLabels] = [await read('testImages'), await read('testLabels')]
  return fromArrays(dataset, {
    trainInputs: images(trainImages),
    trainLabels: labels(trainLabels),
    testInputs: images(testImages),
    testLabels: labels(testLabels),
  })
}

function images<Named extends IdxArray & { file: string; key: string }>(array: Named): Named {
  const { dims, file, key } = array
  if ((dims.length === 3 || dims.length === 4) && dims.every((dim) => dim > 0)) return array
  throw new DatasetProblem(
    `${file}: expected images [n, height, width] or [n, height, width, channels], got [${dims.join(', ')}]`,
    [key],
  )
}
