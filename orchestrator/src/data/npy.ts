// The data set of four files of one array each that the user names.
import type { ResolvedDataset } from '@retort/schema/trial'
import { arrayNamed, openArrays } from './arrayFile.ts'
import { inputsOf } from './arrayInputs.ts'
import { arrayLabels } from './arrayLabels.ts'
import { fromArrays } from './arrays.ts'
import { type Data, DatasetProblem } from './data.ts'
import type { Format } from './format.ts'
import { readBytes } from './readBytes.ts'

type Npy = Extract<ResolvedDataset, { type: 'npy' }>
type Key = 'trainInputs' | 'trainLabels' | 'testInputs' | 'testLabels'

const npyFiles = ({ trainInputs, trainLabels, testInputs, testLabels }: Npy): string[] => [
  trainInputs,
  trainLabels,
  testInputs,
  testLabels,
]

/** Standardised by each channel's, or feature's, mean and standard deviation over the training split. */
async function loadNpy(dataset: Npy): Promise<Data> {
  const read = async (key: Key) => {
    const file = dataset[key]
    const problem = (message: string, at?: 'file' | 'name') =>
      new DatasetProblem(`${file}: ${message}${at === 'name' ? '; "type": "npz" names them' : ''}`, [key])
    return arrayNamed(await openArrays(await readBytes(file, key), problem), null, problem)
  }
  const place = (key: Key) => ({ file: dataset[key], key })
  const inputs = async (key: Key) => inputsOf(await read(key), place(key), dataset.layout)
  const labels = async (key: Key) => arrayLabels(await read(key), place(key))
  return fromArrays(dataset, {
    trainInputs: await inputs('trainInputs'),
    trainLabels: await labels('trainLabels'),
    testInputs: await inputs('testInputs'),
    testLabels: await labels('testLabels'),
  })
}

export const npy: Format<'npy'> = { load: loadNpy, files: npyFiles }
