// The data set of four arrays in one file, such as Keras's mnist.npz.
import type { ResolvedDataset } from '@retort/schema/trial'
import { arrayNamed, openArrays } from './arrayFile.ts'
import { inputsOf } from './arrayInputs.ts'
import { arrayLabels } from './arrayLabels.ts'
import { fromArrays } from './arrays.ts'
import { type Data, DatasetProblem } from './data.ts'
import type { Format } from './format.ts'
import { readBytes } from './readBytes.ts'

type Npz = Extract<ResolvedDataset, { type: 'npz' }>
type Key = 'trainInputs' | 'trainLabels' | 'testInputs' | 'testLabels'

/** Standardised by each channel's, or feature's, mean and standard deviation over the training split. */
async function loadNpz(dataset: Npz): Promise<Data> {
  const { file, layout } = dataset
  const problemAt = (key: string) => (message: string) => new DatasetProblem(`${file}: ${message}`, [key])
  const arrays = await openArrays(await readBytes(file, 'file'), problemAt('file'))
  if (arrays.names === null) throw problemAt('file')('expected an archive of arrays with names, got one .npy array')
  const place = (key: Key) => ({ file: `${file}: ${dataset[key]}`, key })
  const inputs = (key: Key) => inputsOf(arrayNamed(arrays, dataset[key], problemAt(key)), place(key), layout)
  const labels = (key: Key) => arrayLabels(arrayNamed(arrays, dataset[key], problemAt(key)), place(key))
  return fromArrays(dataset, {
    trainInputs: inputs('trainInputs'),
    trainLabels: labels('trainLabels'),
    testInputs: inputs('testInputs'),
    testLabels: labels('testLabels'),
  })
}

export const npz: Format<'npz'> = { load: loadNpz, files: ({ file }) => [file] }
