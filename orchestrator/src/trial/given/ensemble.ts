// The weighted mean of other teachers' logits, or of their probabilities.
import type { ResolvedEnsemble } from '@retort/schema/given'
import type { Samples } from '../../data/data.ts'
import { fromHalves, type Table } from '../halves.ts'
import { readLogits, widthOf } from '../logits.ts'
import { type Setting, type Source, unknownSizes } from './source.ts'

export async function openEnsemble(
  { of, mean }: ResolvedEnsemble,
  { data, folder, members }: Setting,
): Promise<Source> {
  if (members.length !== of.length)
    throw new Error(`expected the logits of ${of.length} members, got ${members.length}`)
  const all = await Promise.all(members.map((member) => readLogits(folder, member, data)))
  if (all.some(({ alignment }) => alignment !== null)) throw new Error('members of other tokens were to be refused')
  const weights = of.map(({ weight }) => weight)
  const width = widthOf(data)
  const average = (tables: Table[], samples: Samples, first: number): Float32Array =>
    means[mean](
      tables.map((table) => rowsOf(table, samples, width, first)),
      weights,
      data.classes,
    )
  const tests = all.flatMap(({ test }) => test ?? [])
  return {
    sizes: unknownSizes,
    notes: [],
    logits: async (part, samples, _, view) => {
      // The test's table has the reported samples alone, which stand at its file's beginning.
      if (part === 'test') return tests.length === all.length ? average(tests, samples, 0) : null
      // Of augmented samples the members' logits are known, of these samples as they are not.
      if (view === undefined && data.augmentation !== null) return null
      const first = (view ?? 0) * data.trainFileSamples
      return average(
        all.map(({ train }) => train),
        samples,
        first,
      )
    },
    close: async () => {},
  }
}

/** The samples' rows of a table, from its row `first` on. */
function rowsOf(table: Table, { indices }: Samples, width: number, first: number): Float32Array {
  const rows = new Float32Array(indices.length * width)
  for (const [place, sample] of indices.entries()) {
    const row = table.subarray((first + sample) * width, (first + sample + 1) * width)
    const out = rows.subarray(place * width, (place + 1) * width)
    if (row instanceof Float32Array) out.set(row)
    else fromHalves(row, out)
  }
  return rows
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
        const row = [...table.subarray(start, start + classes)]
        const shift = Math.log(weights[at]!) - logSum(row)
        return row.map((value) => value + shift)
      })
      for (let of = 0; of < classes; of++) mixed[start + of] = logSum(logs.map((row) => row[of]!))
    }
    return mixed
  },
}

/** log of the sum of exp. */
function logSum(values: number[]): number {
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  // A class that all members mask.
  if (largest === Number.NEGATIVE_INFINITY) return largest
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0))
}
