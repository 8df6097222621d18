// The weighted mean of other teachers' logits, or of their probabilities.
import type { ResolvedEnsemble } from '@retort/schema/given'
import { readLogits } from '../logits.ts'
import { tableOf } from './logits.ts'
import { type Setting, type Source, unknownSizes } from './source.ts'

export async function openEnsemble(
  { of, mean }: ResolvedEnsemble,
  { data, folder, members }: Setting,
): Promise<Source> {
  if (members.length !== of.length)
    throw new Error(`expected the logits of ${of.length} members, got ${members.length}`)
  const all = await Promise.all(members.map((member) => readLogits(folder, member, data)))
  const weights = of.map(({ weight }) => weight)
  const average = (tables: Float32Array[]): Float32Array => means[mean](tables, weights, data.classes)
  // Ensembles are of data with a class of each sample, whose logits are no halves.
  const train = average(all.map((each) => each.train as Float32Array))
  const tests = all.flatMap(({ test }) => test ?? [])
  const test = tests.length === all.length ? average(tests) : null
  return {
    sizes: unknownSizes,
    notes: [],
    // The test's table has the reported samples alone, which stand at its file's beginning.
    logits: async (part, samples, _, view) => {
      if (part === 'test') return tableOf(test, samples, data.classes)
      // Of augmented samples the members' logits are known, of these samples as they are not.
      if (view === undefined && data.augmentation !== null) return null
      const length = data.trainFileSamples * data.classes
      const start = (view ?? 0) * length
      return tableOf(train.subarray(start, start + length), samples, data.classes)
    },
    close: async () => {},
  }
}

type Mean = (tables: Float32Array[], weights: number[], classes: number) => Float32Array

const means: { [Name in ResolvedEnsemble['mean']]: Mean } = {
  logits: (tables, weights) =>
    tables[0]!.map((_, place) => tables.reduce((sum, table, at) => sum + weights[at]! * (table[place] as number), 0)),

  /** log of sum of w_i softmax(z_i), with the largest taken out, so that nothing vanishes. */
  probabilities: (tables, weights, classes) => {
    const mixed = new Float32Array(tables[0]!.length)
    for (let start = 0; start < mixed.length; start += classes) {
      const logs = tables.map((table, at) => {
        const row = table.subarray(start, start + classes)
        const total = logSum([...row])
        return [...row].map((value) => Math.log(weights[at]!) + value - total)
      })
      for (let of = 0; of < classes; of++) mixed[start + of] = logSum(logs.map((row) => row[of]!))
    }
    return mixed
  },
}

/** log of the sum of exp. */
function logSum(values: number[]): number {
  const largest = Math.max(...values)
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0))
}
