// The data set of four NumPy files that the user names.
import type { ResolvedDataset } from '@retort/schema/trial'
import { fromArrays } from './arrays.ts'
import type { Data } from './data.ts'
import { readBytes } from './readBytes.ts'
import { npyInputs, npyLabels } from './readNpy.ts'

type Npy = Extract<ResolvedDataset, { type: 'npy' }>
type Key = 'trainInputs' | 'trainLabels' | 'testInputs' | 'testLabels'

export const npyFiles = ({ trainInputs, trainLabels, testInputs, testLabels }: Npy): string[] => [
  trainInputs,
  trainLabels,
  testInputs,
  testLabels,
]

/** Standardised by each channel's, or feature's, mean and standard deviation over the training split. */
export async function loadNpy(dataset: Npy): Promise<Data> {
  const inputs = async (key: Key) => npyInputs(await readBytes(dataset[key], key), { file: dataset[key], key })
  const labels = async (key: Key) => npyLabels(await readBytes(dataset[key], key), { file: dataset[key], key })
  return fromArrays(dataset, {
    trainInputs: await inputs('trainInputs'),
    trainLabels: await labels('trainLabels'),
    testInputs: await inputs('testInputs'),
    testLabels: await labels('testLabels'),
  })
}
