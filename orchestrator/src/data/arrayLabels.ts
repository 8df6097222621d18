// Labels of arrays as files hold them: whole numbers from 0 of any type, or one-hot rows.
import type { NamedArray } from './arrayInputs.ts'
import { DatasetProblem } from './data.ts'
import type { NumberArray } from './numberTypes.ts'

export interface LabelArray extends NamedArray<Int32Array> {
  /** Of one-hot rows, how many classes they have; null of numbers. */
  columns: number | null
}

type Place = Pick<NamedArray<unknown>, 'file' | 'key'>

/** More classes than anybody has. */
const most = 65536

/** @throws DatasetProblem where they are neither whole numbers from 0 nor one-hot */
export function arrayLabels({ dims, values }: NumberArray, place: Place): LabelArray {
  const [samples = 0, columns = 1, ...others] = dims
  if (dims.length === 0 || others.length > 0 || columns === 0) {
    throw problem(place, `expected labels [n], got [${dims.join(', ')}]`)
  }
  const numbers = Float64Array.from(values as ArrayLike<number>, Number)
  if (columns > 1) return { ...place, dims: [samples], values: ofOneHot(numbers, samples, columns, place), columns }
  for (const [record, label] of numbers.entries()) {
    if (Number.isInteger(label) && label >= 0 && label < most) continue
    throw problem(place, `record ${record + 1}: expected ${wholeLabel(label, numbers)}`)
  }
  return { ...place, dims: [samples], values: Int32Array.from(numbers), columns: null }
}

/** What a label that is none should have been, and what may be done. */
function wholeLabel(label: number, all: Float64Array): string {
  const expected = `a label from 0 to ${most - 1}, got ${label}`
  if (Number.isFinite(label) && !Number.isInteger(label)) {
    return `${expected}: classes are learned here; a quantity to predict is to be cut into classes first`
  }
  const hasOther = all.some((each) => each !== -1 && each !== 1)
  if (label === -1 && !hasOther) return `${expected}: of -1 and 1, (labels + 1) / 2 makes 0 and 1`
  const least = all.reduce((one, other) => Math.min(one, other))
  if (label >= 0 || !Number.isFinite(least)) return expected
  return `${expected}: where it is a class, labels + ${-least} count from 0; samples without a class are to be left out`
}

function ofOneHot(numbers: Float64Array, samples: number, columns: number, place: Place): Int32Array {
  return Int32Array.from({ length: samples }, (_, sample) => {
    const row = numbers.subarray(sample * columns, (sample + 1) * columns)
    const hot = row.indexOf(1)
    if (hot !== -1 && row.every((value, column) => value === (column === hot ? 1 : 0))) return hot
    const shown = `[${[...row.subarray(0, 8)].join(', ')}${columns > 8 ? ', …' : ''}]`
    throw problem(
      place,
      `record ${sample + 1}: expected labels [${samples}], or one-hot rows with one 1 and else 0, got ${shown}; ` +
        'probabilities are for a teacher of logits, whose "gives" says so',
    )
  })
}

const problem = ({ file, key }: Place, text: string) => new DatasetProblem(`${file}: ${text}`, [key])
