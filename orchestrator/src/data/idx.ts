// The data set of four IDX files that the user names.
import type { ResolvedDataset } from '@retort/schema/trial'
import { inputsOf } from './arrayInputs.ts'
import { arrayLabels } from './arrayLabels.ts'
import { fromArrays } from './arrays.ts'
import { type Data, DatasetProblem } from './data.ts'
import type { Format } from './format.ts'
import { type IdxArray, readIdx } from './readIdx.ts'

type Names = Extract<ResolvedDataset, { type: 'idx' }>
type Key = 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels'

const idxFiles = ({ trainImages, trainLabels, testImages, testLabels }: Names): string[] => [
  trainImages,
  trainLabels,
  testImages,
  testLabels,
]

/** Pixels are standardised by each channel's mean and standard deviation over the training split. */
async function loadIdx(dataset: Names): Promise<Data> {
  const read = async (key: Key): Promise<Read> => {
    const array = await readIdx(dataset[key], key)
    return { ...array, type: 'uint8', file: dataset[key], key }
  }
  const inputs = (array: Read) => inputsOf(images(array), array, dataset.layout)
  const labels = (array: Read) => arrayLabels(array, array)
  // One after the other, so that of several problems always the same one is told.
  const [trainImages, trainLabels] = [await read('trainImages'), await read('trainLabels')]
  const [testImages, testLabels] = [await read('testImages'), await read('testLabels')]
  return fromArrays(dataset, {
    trainInputs: inputs(trainImages),
    trainLabels: labels(trainLabels),
    testInputs: inputs(testImages),
    testLabels: labels(testLabels),
  })
}

interface Read extends IdxArray {
  file: string
  key: Key
  type: 'uint8'
}

function images(array: Read): Read {
  const { dims, file, key } = array
  if ((dims.length === 3 || dims.length === 4) && dims.every((dim) => dim > 0)) return array
  throw new DatasetProblem(
    `${file}: expected images [n, height, width] or [n, height, width, channels], got [${dims.join(', ')}]`,
    [key],
  )
}

export const idx: Format<'idx'> = { load: loadIdx, files: idxFiles }
