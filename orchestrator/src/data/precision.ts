// Numbers of tables and arrays as they are kept: as float32 where that holds them finely enough, else as float64 until
// they are standardised, as time stamps and coordinates need. What a float32 cannot hold even then is told.
import type { Warning } from '@retort/schema/questions'
import { DatasetProblem, type Preprocessing, type Samples, sizeOf } from './data.ts'
import { statisticsOf } from './statistics.ts'

type Inputs = Samples['inputs']

export interface Parts {
  train: Inputs
  test: Inputs
  /** Of the training file, those that are trained on. */
  trained: Int32Array
  inputShape: number[]
}

/** Where a sample's numbers stand, and the data set's setting that names the file. */
export type PlaceOf = (part: 'train' | 'test', sample: number) => { at: string; path: string[] }

export interface Described {
  columnNames: string[] | null
  place: PlaceOf
}

interface Given {
  preprocessing: Preprocessing | undefined
  divisor: number | undefined
}

interface Held {
  train: Inputs
  test: Inputs
  preprocessing: Preprocessing
  notes: string[]
  warnings: Warning[]
}

/**
 * Rounding a number moves its standardised value by at most this. Half precision, in which such networks train without
 * loss, moves one near 1 by 2^-12; so this is half of what is known not to matter.
 */
const finest = 2 ** -13

/** Or by a few of the roundings that the standardised value itself gets, of 2^-24 of it: far from the mean it is coarse anyway. */
const ownRounding = 2 ** -22

/** What is between these has a float32 that is neither 0 nor infinite. */
const [smallest, largest] = [2 ** -149, 2 ** 127]

/** A deviation below so much of the largest number is what sums round in float64, and says nothing. */
const noise = 2 ** -50

/**
 * What float32 holds finely enough is exactly as it was when all was kept as float32, bits and statistics.
 * @param given statistics to standardise by, and by what numbers are divided first, where they are known
 * @throws DatasetProblem where a standardised number is beyond float32
 */
export function heldNumbers(parts: Parts, given: Given, described: Described): Held {
  const { train, test, trained, inputShape } = parts
  const statistics = (inputs: Inputs) => statisticsOf({ inputs, indices: trained }, inputShape, given.divisor)
  if (!(train instanceof Float64Array || test instanceof Float64Array)) {
    return checked(parts, given.preprocessing ?? statistics(train), described)
  }
  const rounded = () => {
    const floats = { ...parts, train: new Float32Array(train), test: new Float32Array(test) }
    return checked(floats, statistics(floats.train), described)
  }
  // Whole numbers, mostly, of which large tables are made: nothing of them is rounded.
  if (isFloat32(train) && isFloat32(test)) return rounded()
  const doubles = { ...parts, train: new Float64Array(train), test: new Float64Array(test) }
  const exact = statistics(doubles.train)
  const { coarse, constant } = columnsOf(doubles, exact)
  const warnings = constant.map(({ column, deviation, largest }): Warning => {
    const { path } = described.place('train', 0)
    const values = `values up to ${shown(largest)} that differ by ${shown(deviation)}`
    return { message: `${nameOf(column, described)}: ${values}, no more than float64 rounds: taken as one value`, path }
  })
  if (coarse.length === 0) return withWarnings(rounded(), warnings)
  for (const { column, largest } of constant) exact.deviation[column] = largest
  const kept = withWarnings(checked(doubles, exact, described), warnings)
  return { ...kept, notes: [noteOf(coarse, described)] }
}

const isFloat32 = (numbers: Inputs): boolean => numbers.every((value) => Math.fround(value) === value)

const withWarnings = (held: Held, warnings: Warning[]): Held => ({ ...held, warnings: [...warnings, ...held.warnings] })

interface Doubles extends Parts {
  train: Float64Array
  test: Float64Array
}

interface Columns {
  /** Those that float32 would round too coarsely: by how much, and what their deviation is. */
  coarse: { column: number; moved: number; deviation: number }[]
  /** Those that have one value but for rounding errors. */
  constant: { column: number; deviation: number; largest: number }[]
}

function columnsOf({ train, test, trained, inputShape }: Doubles, { mean, deviation }: Preprocessing): Columns {
  const [size, width] = [sizeOf(inputShape), mean.length]
  const [greatest, moved] = [new Float64Array(width), new Float64Array(width)]
  const varies = new Uint8Array(width)
  for (const sample of trained) {
    for (let start = sample * size; start < (sample + 1) * size; start += width) {
      for (let column = 0; column < width; column++) {
        const value = train[start + column] as number
        if (Math.abs(value) > (greatest[column] as number)) greatest[column] = Math.abs(value)
        if (value !== mean[column]) varies[column] = 1
      }
    }
  }
  const isConstant = mean.map((_, column) => varies[column] === 0 || deviation[column]! <= noise * greatest[column]!)
  for (const numbers of [train, test]) {
    for (let start = 0; start < numbers.length; start += width) {
      for (let column = 0; column < width; column++) {
        const value = numbers[start + column] as number
        const by = Math.abs(value - Math.fround(value))
        if (by <= (moved[column] as number)) continue
        if (by <= finest * (deviation[column] as number)) continue
        if (by <= ownRounding * Math.abs(value - (mean[column] as number))) continue
        if (isConstant[column] && Number.isFinite(by)) continue
        moved[column] = by
      }
    }
  }
  const columns = [...mean.keys()]
  return {
    coarse: columns.flatMap((column) =>
      moved[column] === 0 ? [] : [{ column, moved: moved[column]!, deviation: deviation[column]! }],
    ),
    constant: columns.flatMap((column) =>
      isConstant[column] && varies[column] === 1
        ? [{ column, deviation: deviation[column]!, largest: greatest[column]! }]
        : [],
    ),
  }
}

function noteOf(coarse: Columns['coarse'], described: Described): string {
  const told = coarse.slice(0, 3).map(({ column, moved, deviation }) => {
    const by = Number.isFinite(moved) ? `would move its values by up to ${shown(moved)}` : 'cannot hold its values'
    return `${nameOf(column, described)} (float32 ${by}, their deviation is ${shown(deviation)})`
  })
  const more = coarse.length > told.length ? `, and ${coarse.length - told.length} more` : ''
  return (
    `Read and standardised as float64: ${told.join(', ')}${more}; whoever runs an exported model has to standardise ` +
    'in float64, too'
  )
}

/** A standardised number is rounded to float32: one that is beyond it is refused, some that it makes 0 are told of. */
function checked(parts: Parts, preprocessing: Preprocessing, described: Described): Held {
  const { train, test } = parts
  const held: Held = { train, test, preprocessing, notes: [], warnings: [] }
  if (train instanceof Uint8Array) return held
  const { mean, deviation, divisor } = preprocessing
  const [size, width] = [sizeOf(parts.inputShape), mean.length]
  const vanished = new Map<number, { count: number; at: string; path: string[] }>()
  const check = (part: 'train' | 'test', at: number, column: number) => {
    const number = parts[part][at] as number
    const offset = number / divisor - (mean[column] as number)
    const place = described.place(part, Math.floor(at / size))
    if (!Number.isFinite(Math.fround(offset / (deviation[column] as number)))) {
      const why = `(${shown(number)} - mean ${shown(mean[column]!)}) / deviation ${shown(deviation[column]!)}`
      const expected = 'expected a number that a float32 can hold once it is standardised'
      throw new DatasetProblem(`${place.at}: ${nameOf(column, described)}: ${expected}, got ${why}`, place.path)
    }
    if (offset === 0) return
    const known = vanished.get(column)
    if (known === undefined) vanished.set(column, { count: 1, ...place })
    else known.count++
  }
  for (const part of ['train', 'test'] as const) {
    const numbers = parts[part]
    for (let start = 0; start < numbers.length; start += width) {
      for (let column = 0; column < width; column++) {
        const offset = (numbers[start + column] as number) / divisor - (mean[column] as number)
        const value = Math.abs(offset / (deviation[column] as number))
        if (!(value > smallest && value < largest)) check(part, start + column, column)
      }
    }
  }
  for (const [column, { count, at, path }] of vanished) {
    const numbers = `${count} ${count === 1 ? 'number is' : 'numbers are'} closer to the mean than a float32 can tell`
    const message = `${at}: ${nameOf(column, described)}: ${numbers}, and standardised to 0`
    held.warnings.push({ message, path })
  }
  return held
}

const nameOf = (column: number, { columnNames }: Described): string =>
  columnNames === null ? `column ${column} (from 0)` : `column ${JSON.stringify(columnNames[column])}`

const shown = (value: number): string => String(Number(value.toPrecision(6)))
