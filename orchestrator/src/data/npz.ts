// The data set of four NumPy arrays in one archive, such as Keras's mnist.npz.
import type { ResolvedDataset } from '@retort/schema/trial'
import { fromArrays } from './arrays.ts'
import { type Data, DatasetProblem } from './data.ts'
import { readBytes } from './readBytes.ts'
import { npyInputs, npyLabels } from './readNpy.ts'

type Npz = Extract<ResolvedDataset, { type: 'npz' }>
type Key = 'trainInputs' | 'trainLabels' | 'testInputs' | 'testLabels'

/** Standardised by each channel's, or feature's, mean and standard deviation over the training split. */
export async function loadNpz(dataset: Npz): Promise<Data> {
  const { file } = dataset
  const keys: Key[] = ['trainInputs', 'trainLabels', 'testInputs', 'testLabels']
  const wanted = keys.map((key) => `${dataset[key]}.npy`)
  const { members, names } = await unzipped(await readBytes(file, 'file'), file, wanted)
  const member = (key: Key) => {
    const bytes = members[`${dataset[key]}.npy`]
    if (bytes !== undefined) return bytes
    const arrays = names.map((name) => `"${name.replace(/\.npy$/, '')}"`).join(', ')
    throw new DatasetProblem(`${file}: expected an array "${dataset[key]}", got ${arrays || 'none'}`, [key])
  }
  const place = (key: Key) => ({ file: `${file}: ${dataset[key]}`, key })
  return fromArrays(dataset, {
    trainInputs: npyInputs(member('trainInputs'), place('trainInputs')),
    trainLabels: npyLabels(member('trainLabels'), place('trainLabels')),
    testInputs: npyInputs(member('testInputs'), place('testInputs')),
    testLabels: npyLabels(member('testLabels'), place('testLabels')),
  })
}

/** Only those that are wanted are unpacked; the names are of all. */
async function unzipped(bytes: Buffer, file: string, wanted: string[]) {
  // Where no archive is read, a trial's process starts without it.
  const { unzipSync } = await import('fflate')
  const names: string[] = []
  try {
    const members = unzipSync(bytes, {
      filter: ({ name }) => {
        names.push(name)
        return wanted.includes(name)
      },
    })
    return { members, names }
  } catch (error) {
    throw new DatasetProblem(`${file}: expected an archive as numpy.savez writes it: ${(error as Error).message}`, [
      'file',
    ])
  }
}
