// Columns whose numbers stand where they hardly can be meant: far from all others, or the test file's far from the
// training split's.
import type { Warning } from '@retort/schema/questions'
import { type Samples, sizeOf } from './data.ts'
import type { Splits } from './splits.ts'

/** Of any numbers at most one in 900, this squared, is further from their mean than so many deviations. */
const far = 30
/** More than one in so many of a column's numbers to test on is as far. */
const share = 20
/** Numbers that spread by less than this of what they did in training have another scale. */
const narrow = 1 / 50
/** What is left of a column's deviation without its outermost number: less, and the others are nearly equal. */
const left = 2 ** -12
/** Of a column, fewer than one in so many are outliers. */
const outlying = 10

export function scaleSlips(splits: Splits): Warning[] {
  const { train, test, trained, tested, inputShape, preprocessing, columnNames, paths } = splits
  if (preprocessing === null || train.inputs instanceof Uint8Array) return []
  const { divisor, mean, deviation } = preprocessing
  const size = sizeOf(inputShape)
  const width = mean.length
  const nameOf = (column: number) =>
    columnNames === null ? `column ${column} (from 0)` : `column ${JSON.stringify(columnNames[column])}`
  const found: Warning[] = []
  const tell = (slips: string[], path: string[]) => {
    const more = slips.length > told ? `; and ${slips.length - told} more` : ''
    if (slips.length > 0) found.push({ message: `${slips.slice(0, told).join('; ')}${more}`, path })
  }

  const outer = extremes(train.inputs, trained, size, width)
  const slips = outer.flatMap(({ least, most, withoutLeast, withoutMost }, column) =>
    [
      { value: least, rest: withoutLeast },
      { value: most, rest: withoutMost },
    ].flatMap(({ value, rest }) => {
      const count = (trained.length * size) / width - rest.count
      if (!(rest.deviation > 0)) return []
      const times = count === 1 ? 'once' : `${count} times`
      const gap = value === most ? most - rest.most : rest.least - least
      if (isFill(value) && count > 1 && gap > rest.most - rest.least) {
        const advice = columnNames === null ? '' : `, which "missingValues": ["", "${value}"] says`
        return [
          `${nameOf(column)}: ${value} (${times}), far from all others, seems to stand for what is missing${advice}`,
        ]
      }
      if (count * outlying > rest.count || rest.deviation >= left * deviation[column]! * divisor) return []
      return [
        `${nameOf(column)}: beside ${shown(value)} (${times}) all others, from ${shown(rest.least)} to ${shown(rest.most)}, are nearly equal`,
      ]
    }),
  )
  tell(slips, paths.train)

  const count = (tested.length * size) / width
  const [beyond, sums, squares] = [new Int32Array(width), new Float64Array(width), new Float64Array(width)]
  const furthest = new Float64Array(width)
  each(test.inputs, tested, size, width, (value, column) => {
    const offset = (value / divisor - mean[column]!) / deviation[column]!
    sums[column]! += offset
    squares[column]! += offset * offset
    if (Math.abs(offset) <= far) return
    beyond[column]!++
    if (Math.abs(offset) > Math.abs(furthest[column]!)) furthest[column] = offset
  })
  const columns = [...mean.keys()]
  const away = columns.filter((column) => beyond[column]! > 1 && beyond[column]! * share > count)
  const spreads = columns.filter((column) => outer[column]!.least < outer[column]!.most)
  const isNarrow =
    spreads.length > 0 &&
    spreads.every((column) => squares[column]! / count - (sums[column]! / count) ** 2 < narrow ** 2)
  tell(
    away.map((column) => {
      const value = (furthest[column]! * deviation[column]! + mean[column]!) * divisor
      const range = `from ${shown(outer[column]!.least)} to ${shown(outer[column]!.most)} in the training split`
      return `${nameOf(column)}: ${range}, and in the test data up to ${shown(value)}, which is another scale`
    }),
    paths.test,
  )
  if (isNarrow && away.length === 0) {
    const { least, most } = outer[spreads[0]!]!
    const range = `${nameOf(spreads[0]!)} is from ${shown(least)} to ${shown(most)} in the training split`
    tell(
      [`the numbers to test on spread less than a fiftieth of those to train on: another scale; ${range}`],
      paths.test,
    )
  }
  return found
}

/** So many columns are told. */
const told = 3

/** As SPSS, sensors and weather stations write what is missing. */
const isFill = (value: number): boolean => Math.abs(value) > 98 && /^-?9+$/.test(String(value))

const shown = (value: number): string => String(Number(value.toPrecision(6)))

interface Rest {
  count: number
  deviation: number
  least: number
  most: number
}

interface Extremes {
  least: number
  most: number
  withoutLeast: Rest
  withoutMost: Rest
}

/** Of each column the outermost numbers, and what the others are without them. */
function extremes(inputs: Samples['inputs'], samples: Int32Array, size: number, width: number): Extremes[] {
  const [least, most] = [new Float64Array(width).fill(Infinity), new Float64Array(width).fill(-Infinity)]
  each(inputs, samples, size, width, (value, column) => {
    if (value < least[column]!) least[column] = value
    if (value > most[column]!) most[column] = value
  })
  const without = (outermost: Float64Array, origin: Float64Array) => {
    const [counts, sums, squares] = [new Int32Array(width), new Float64Array(width), new Float64Array(width)]
    const [low, high] = [new Float64Array(width).fill(Infinity), new Float64Array(width).fill(-Infinity)]
    each(inputs, samples, size, width, (value, column) => {
      if (value === outermost[column]) return
      const offset = value - origin[column]!
      counts[column]!++
      sums[column]! += offset
      squares[column]! += offset * offset
      if (value < low[column]!) low[column] = value
      if (value > high[column]!) high[column] = value
    })
    return (column: number): Rest => {
      const mean = sums[column]! / counts[column]!
      const variance = Math.max(0, squares[column]! / counts[column]! - mean * mean)
      return { count: counts[column]!, deviation: Math.sqrt(variance), least: low[column]!, most: high[column]! }
    }
  }
  const [withoutLeast, withoutMost] = [without(least, most), without(most, least)]
  return Array.from({ length: width }, (_, column) => ({
    least: least[column]!,
    most: most[column]!,
    withoutLeast: withoutLeast(column),
    withoutMost: withoutMost(column),
  }))
}

function each(
  inputs: Samples['inputs'],
  samples: Int32Array,
  size: number,
  width: number,
  take: (value: number, column: number) => void,
): void {
  for (const sample of samples) {
    for (let start = sample * size; start < (sample + 1) * size; start += width) {
      for (let column = 0; column < width; column++) take(inputs[start + column] as number, column)
    }
  }
}
