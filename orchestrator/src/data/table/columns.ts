// The columns of a table: which of a file's fields are inputs, and which is the label.
import { showValue } from '../../errors/problem.ts'
import { isNamed } from './delimiter.ts'
import type { TableSettings } from './settings.ts'

export interface Column {
  name: string
  /** The values of a one-hot column, in the order of their numbers; null for a column of numbers. */
  values: Map<string, number> | null
}

export interface Layout {
  /** How many fields a row has. */
  fields: number
  /** Places in the file's rows. */
  label: number
  labelName: string
  /** Of all columns, the label and those that are left out as well. */
  names: string[]
  inputs: number[]
  /** Places of fields behind the last name, in which nothing stands. */
  blank: number[]
  columns: Column[]
  /** What people should know of it, in sentences without the file's name. */
  notes: string[]
}

type Fail = (problem: string, path?: string[]) => never

/**
 * @param names of the header, or null where there is none
 * @param row the first one below it, where there is any
 * @param training the columns of the training file, which this one must have, in any order
 */
export function layoutOf(
  names: string[] | null,
  row: string[] | undefined,
  settings: TableSettings,
  training: Column[] | undefined,
  fail: Fail,
): Layout {
  const notes: string[] = []
  const header = names?.map((name) => name.trim().normalize()) ?? row!.map((_, place) => String(place))
  const blank: number[] = []
  // A delimiter at the end of lines makes fields behind the last, in the rows alone or in the header, too.
  if (row !== undefined && row.length === header.length + 1 && row.at(-1)!.trim() === '') blank.push(header.length)
  const isMeant = settings.oneHot.some((name) => isNamed(name, ''))
  while (!isMeant && header.length > 1 && header.at(-1) === '' && row?.[header.length - 1]?.trim() === '') {
    blank.push(header.length - 1)
    header.pop()
  }
  // R's write.table writes names of rows, and no name above them. A fraction is no name: then one is lacking above it.
  const isRowName = row !== undefined && !/^\s*[-+]?\d*[.,]\d+([eE][-+]?\d+)?\s*$/.test(row[0]!)
  const rowNames = isRowName && blank.length === 0 && row.length === header.length + 1 ? 1 : 0
  if (rowNames === 1) {
    notes.push(
      'rows have one field more than the header, as R’s write.table writes them; the first, their names, is left out',
    )
  }
  const { label, inputs } = chosen(header, settings, training === undefined, fail)
  const columns = inputs.map((at): Column => {
    const name = header[at] as string
    const known = training?.find((column) => column.name === name)?.values
    return { name, values: settings.oneHot.some((each) => isNamed(name, each)) ? (known ?? new Map()) : null }
  })
  if (columns.length === 0) fail('expected columns beside the label, got none')
  const order = training === undefined ? [...columns.keys()] : orderAs(training, columns, fail)
  if (order.some((place, at) => place !== at)) {
    notes.push('its columns stand in another order than the training file’s; they are found by their names')
  }
  return {
    fields: header.length + rowNames + blank.length,
    label: label + rowNames,
    labelName: header[label] as string,
    names: header,
    inputs: order.map((place) => inputs[place]! + rowNames),
    blank,
    columns: order.map((place) => columns[place]!),
    notes,
  }
}

/** Of the names, the places of the label and of the inputs. */
function chosen(
  names: string[],
  { label, ignore, oneHot, header, test }: TableSettings,
  isTraining: boolean,
  fail: Fail,
) {
  const begins = header ? names[0]?.match(/^(#|%|\/\/|@)/)?.[0] : undefined
  const comment = begins === undefined ? '' : `; "comment": "${begins}" skips such lines`
  const advice = header && seemsRow(names) ? '; if this is a row, say "header": false' : comment
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) fail(`expected each column once, got ${showValue(twice)} twice${advice}`)
  const find = (name: string | number) =>
    typeof name === 'number' ? (name < names.length ? name : -1) : names.findIndex((each) => isNamed(each, name))
  const require = (name: string | number, path: string[]) => {
    const place = find(name)
    if (place >= 0) return place
    const expected = typeof name === 'number' ? `a column number ${name}` : `a column ${showValue(name)}`
    return fail(`expected ${expected}, got ${shown(names)}${advice}`, path)
  }
  const place = require(label, isTraining ? ['label'] : ['test'])
  // Columns without names may be left out already, and the test file alone may have one, which is seen when both are read.
  const left = ignore.map((name, at) =>
    isTraining && typeof test === 'number' && !isNamed(name, '') ? require(name, ['ignore', String(at)]) : find(name),
  )
  if (isTraining) for (const [at, name] of oneHot.entries()) require(name, ['oneHot', String(at)])
  return { label: place, inputs: [...names.keys()].filter((at) => at !== place && !left.includes(at)) }
}

/** Columns may be named by counting; by other numbers they hardly are. */
export function seemsRow(names: string[]): boolean {
  const numbers = names.filter((name) => name.trim() !== '').map(Number)
  const known = numbers.filter(Number.isFinite)
  return known.length > numbers.length / 2 && known.some((number, at) => number !== known[0]! + at)
}

/** Where each of the training file's columns stands among these. */
function orderAs(training: Column[], columns: Column[], fail: Fail): number[] {
  const places = new Map(columns.map(({ name }, place) => [name, place]))
  const lacking = training.filter(({ name }) => !places.has(name)).map(({ name }) => name)
  const known = new Set(training.map(({ name }) => name))
  const more = columns.filter(({ name }) => !known.has(name)).map(({ name }) => name)
  if (lacking.length > 0 || more.length > 0) {
    const differences = [lacking.length > 0 && `no ${shown(lacking)}`, more.length > 0 && `${shown(more)} beside them`]
    const advice = lacking.length === 0 ? '; "ignore" leaves columns out' : ''
    fail(`expected the training file's columns, got ${differences.filter(Boolean).join(', and ')}${advice}`)
  }
  return training.map(({ name }) => places.get(name)!)
}

/** So many names are told. */
const told = 12

export const shown = (names: string[]): string =>
  [
    ...names.slice(0, told).map((name) => showValue(name)),
    ...(names.length > told ? [`${names.length - told} more`] : []),
  ].join(', ')
