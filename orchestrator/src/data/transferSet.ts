// What a model trains on where some classes are left out of it.
import type { Data } from './data.ts'

/** The same data, whose training split lacks the samples of some classes; files, validation and test keep them. */
export function transferSet(data: Data, omitClasses: number[]): Data {
  if (omitClasses.length === 0) return data
  const { train, labelShape } = data
  if (labelShape.length > 0) {
    const got = `labels of [${labelShape.join(', ')}]`
    throw new Error(`training.omitClasses: expected data whose samples have one class each, got ${got}`)
  }
  const indices = train.indices.filter((index) => !omitClasses.includes(train.labels[index] as number))
  return { ...data, train: { ...train, indices } }
}
