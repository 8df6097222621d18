// What a model trains on where some classes are left out of it.
import { mixupOf } from '../spec/mixup.ts'
import type { Data } from './data.ts'

/** The same data, whose training split lacks the samples of some classes; files, validation and test keep them. */
export function transferSet(data: Data, omitClasses: number[]): Data {
  if (omitClasses.length === 0) return data
  const { train, labelShape } = data
  if (labelShape.length > 0) {
    const got = `labels of [${labelShape.join(', ')}]`
    throw new Error(`training.omitClasses: expected data whose samples have one class each, got ${got}`)
  }
  // Views of all who read the data are the same, and with them the partners of every class.
  if (mixupOf(data.augmentation) !== null) throw new Error('training.omitClasses: expected none beside mixup')
  const indices = train.indices.filter((index) => !omitClasses.includes(train.labels[index] as number))
  return { ...data, train: { ...train, indices } }
}
