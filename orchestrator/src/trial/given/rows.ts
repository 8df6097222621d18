// What a teacher may say of a sample: numbers, and -Infinity for classes that it leaves out.
import { type Data, sizeOf } from '../../data/data.ts'
import { largestHalf } from '../halves.ts'
import { GivenProblem, type Source } from './source.ts'

/** What is wrong with a row as logits; undefined where nothing is. */
export function wrongLogits(row: Float32Array): string | undefined {
  const odd = row.find((value) => Number.isNaN(value) || value === Number.POSITIVE_INFINITY)
  if (odd !== undefined) return `expected finite numbers, or -Infinity for masked classes, got ${odd}`
  if (row.every((value) => value === Number.NEGATIVE_INFINITY)) return 'expected a finite number, got -Infinity alone'
  return undefined
}

/** The same source, which throws a GivenProblem at `path` that names the sample where it gives no logits. */
export function checked(
  source: Source,
  { classes, labelShape }: Pick<Data, 'classes' | 'labelShape'>,
  path: string[],
): Source {
  const positions = sizeOf(labelShape)
  const wrong = (row: Float32Array): string | undefined => {
    const why = wrongLogits(row)
    // Of positions logits are stored in halves, which would mask all of such a row.
    if (why !== undefined || labelShape.length === 0 || row.some((value) => value >= -largestHalf)) return why
    return `expected a logit of at least ${-largestHalf}, got ${row.reduce((most, value) => Math.max(most, value))} at most`
  }
  return {
    ...source,
    logits: async (part, samples, between, view) => {
      const logits = await source.logits(part, samples, between, view)
      if (logits === null) return null
      for (let row = 0; row * classes < logits.length; row++) {
        const why = wrong(logits.subarray(row * classes, (row + 1) * classes))
        if (why === undefined) continue
        const sample = `sample ${samples.indices[Math.floor(row / positions)]} of the ${part === 'train' ? 'training' : 'test'} file`
        const place = labelShape.length === 0 ? sample : `${sample}, position ${row % positions}`
        throw new GivenProblem(`its logits of ${place}: ${why}`, path)
      }
      return logits
    },
  }
}
