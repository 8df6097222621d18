// What a model of somebody else's gives, as logits: whether it is of the shape that the classes need, and what it means.
import type { ResolvedOnnx } from '@retort/schema/given'
import { type Data, sizeOf } from '../../data/data.ts'
import { logOf, wrongProbabilities } from './probabilities.ts'
import { GivenProblem } from './source.ts'

interface Scores {
  /** The output's, for errors, and where it stands in the experiment. */
  name: string
  path: string[]
  /** One number for two classes. */
  column: boolean
  gives: ResolvedOnnx['gives']
}

/**
 * @returns from numbers [samples, ...labelShape, classes], axes of one place aside, to logits
 * @throws GivenProblem, when it is called, where they are of another shape, or no probabilities
 */
export function scoresOf(
  { name, path, column, gives }: Scores,
  { labelShape, classes }: Pick<Data, 'labelShape' | 'classes'>,
) {
  const shape = [...labelShape, classes]
  const expected = column ? [] : shape.filter((length) => length !== 1)
  return (numbers: Float32Array, dims: readonly number[], samples: number): Float32Array => {
    if (numbers.length !== samples * sizeOf(expected) || String(inner(dims, samples)) !== String(expected)) {
      const wanted = `[${[samples, ...shape].join(', ')}]`
      throw new GivenProblem(`output "${name}": expected ${wanted}, got [${dims.join(', ')}]`, path)
    }
    if (column) return ofColumn(numbers, gives)
    return gives === 'logits' ? numbers : logarithms(numbers, classes)
  }
}

/** Lengths of a sample's axes but those of one place; of a single sample they may stand alone. */
function inner(dims: readonly number[], samples: number): number[] {
  const own = dims[0] === samples ? dims.slice(1) : dims
  return own.filter((length) => length !== 1)
}

/** Of two classes the second's logit, or probability; the first one's follows. */
function ofColumn(numbers: Float32Array, gives: Scores['gives']): Float32Array {
  const rows = new Float32Array(2 * numbers.length)
  for (const [row, number] of numbers.entries())
    rows.set(gives === 'logits' ? [0, number] : [1 - number, number], 2 * row)
  return gives === 'logits' ? rows : logarithms(rows, 2)
}

function logarithms(probabilities: Float32Array, classes: number): Float32Array {
  for (let start = 0; start < probabilities.length; start += classes) {
    const wrong = wrongProbabilities(probabilities.subarray(start, start + classes))
    if (wrong !== undefined) throw new GivenProblem(wrong, ['gives'])
  }
  return logOf(probabilities)
}
