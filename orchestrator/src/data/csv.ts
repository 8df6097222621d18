// The data set of a table: a CSV or TSV file, one of whose columns is the class.
import { showValue } from '../errors/problem.ts'
import { assemble, drawSplit, drawTest } from './assemble.ts'
import { classNamesOf, numbered } from './classNames.ts'
import { type Data, DatasetProblem, type Samples } from './data.ts'
import type { Format } from './format.ts'
import { labelSlips } from './labelSlips.ts'
import { type Column, shown } from './table/columns.ts'
import { isNamed } from './table/delimiter.ts'
import { contentsOf, fillMissing } from './table/fillMissing.ts'
import { inputSlips } from './table/inputSlips.ts'
import { areUsual } from './table/missing.ts'
import { readTable, type Table } from './table/readTable.ts'
import type { Csv } from './table/settings.ts'

const csvFiles = ({ train, test }: Csv): string[] => (typeof test === 'string' ? [train, test] : [train])

async function loadCsv(dataset: Csv): Promise<Data> {
  const { train: file, test, image, split, missing } = dataset
  const bytes = image !== 'none'
  if (bytes) refuseBesidePixels(dataset)
  const settings = { ...dataset, bytes }
  const table = await readTable(file, 'train', settings)
  const classNames = classNamesOf(table.labels)
  if (classNames.length < 2) {
    throw new DatasetProblem(
      `${file}: expected at least 2 classes in column ${JSON.stringify(table.label)}, got ${classNames.length}`,
      ['train'],
    )
  }
  if (bytes && image.height * image.width * image.channels !== table.columns.length) {
    const expected = `${image.height} x ${image.width} x ${image.channels} columns of pixels`
    throw new DatasetProblem(`${file}: expected ${expected}, got ${table.columns.length}`, ['image'])
  }
  refuseTooWide(table)
  let parts: [Table, Table] =
    typeof test === 'string'
      ? [table, await readTable(test, 'test', settings, table)]
      : heldOut(table, test, split.seed)
  if (typeof test === 'string') refuseUnknown(dataset, parts)
  const drawn = drawSplit(split, parts[0].rows.length, parts[1].rows.length)
  const notes = [...new Set(parts.flatMap((part) => part.notes))]
  const warnings = slipsOf(
    table,
    classNames,
    Array.from(drawn.train, (row) => parts[0].labels[row]!),
  )
  const misses = parts.some(({ gaps }) => gaps.size > 0)
  const contents = misses ? contentsOf(parts, classNames) : undefined
  let filled: Record<string, number> | undefined
  if (misses) {
    const fill = missing === 'median' || missing === 'indicator' ? missing : 'mean'
    const { said, ...whole } = fillMissing(parts, drawn.train, fill)
    parts = whole.parts
    filled = whole.filled
    if (missing !== 'auto') notes.push(...said.map((each) => `${file}: ${each}`))
    else {
      const advice = '"missing" says so, or what else'
      warnings.push(...said.map((each) => ({ message: `${file}: ${each}; ${advice}`, path: ['train'] })))
    }
  }
  const [train, tested] = parts.map((part) => ({
    inputs: bytes ? bytesOf(part) : numbersOf(part),
    labels: numbered(part.labels, classNames, (row) => `${part.path}:${part.lines[row]}`),
  })) as [Part, Part]
  const { columns } = parts[0]
  return assemble({
    dataset,
    train,
    test: tested,
    inputShape: bytes ? [image.height, image.width, image.channels] : [widthOf(columns)],
    classes: classNames.length,
    classNames,
    notes,
    warnings,
    ...(contents !== undefined && { contents }),
    ...(filled !== undefined && { filled }),
    ...(!bytes && { columnNames: namesOf(columns) }),
    place: (of, row) => {
      const part = parts[of === 'train' ? 0 : 1]
      return {
        at: `${part.path}:${part.lines[row]}`,
        path: [of === 'test' && typeof test === 'string' ? 'test' : 'train'],
      }
    },
  })
}

type Part = Pick<Samples, 'inputs' | 'labels'>

function refuseBesidePixels({ oneHot, missing }: Csv): void {
  if (oneHot.length > 0) {
    throw new DatasetProblem(`expected no one-hot columns beside pixels, got ${oneHot.length}`, ['oneHot'])
  }
  if (missing !== 'auto' && missing !== 'error' && missing !== 'drop') {
    throw new DatasetProblem(`expected "error" or "drop" beside pixels, got "${missing}"`, ['missing'])
  }
}

/** Columns to leave out that neither file has are slips of the pen. */
function refuseUnknown({ ignore }: Csv, [train, test]: [Table, Table]): void {
  for (const [at, name] of ignore.entries()) {
    if (isNamed(name, '') || [...train.names, ...test.names].some((column) => isNamed(column, name))) continue
    const expected = `expected a column ${showValue(name)} here or in ${test.path}`
    throw new DatasetProblem(`${train.path}: ${expected}, got ${shown(train.names)}`, ['ignore', String(at)])
  }
}

function slipsOf(table: Table, classNames: string[], trained: string[]): Data['warnings'] {
  const where = `${table.path}: column ${JSON.stringify(table.label)}`
  const labels = { where, classNames, names: table.labels, trained, remedy: dropping }
  return [
    ...labelSlips(labels).map((message) => ({ message, path: ['label'] })),
    ...inputSlips(table).map((slip) => ({ message: `${table.path}: ${slip}`, path: ['train'] })),
  ]
}

/** What leaves rows of these classes out. */
const dropping = (names: string[]): string =>
  areUsual(names) ? '"missing": "drop"' : `"missing": "drop" beside "missingValues": ${JSON.stringify(names)}`

/** The rows to train on and those held out, each in the file's order. */
function heldOut(table: Table, share: number, seed: number): [Table, Table] {
  const { rows, labels, lines } = table
  const { train, test } = drawTest(rows.length, share, seed)
  const part = (places: Int32Array): Table => ({
    ...table,
    rows: Array.from(places, (place) => rows[place]!),
    labels: Array.from(places, (place) => labels[place]!),
    lines: Array.from(places, (place) => lines[place]!),
  })
  return [part(train), part(test)]
}

const widthOf = (columns: Column[]) => columns.reduce((sum, { values }) => sum + (values?.size ?? 1), 0)

const namesOf = (columns: Column[]) =>
  columns.flatMap(({ name, values }) =>
    values === null ? [name] : [...values.keys()].map((value) => `${name}=${value}`),
  )

function bytesOf({ rows, columns }: Table): Uint8Array {
  const bytes = new Uint8Array(rows.length * columns.length)
  for (const [place, row] of rows.entries()) bytes.set(row, place * columns.length)
  return bytes
}

/** More numbers than this, 4 GiB of them, come of words that are names of rows. */
const mostSpread = 2 ** 29

function refuseTooWide({ path, rows, columns }: Table): void {
  if (rows.length * widthOf(columns) <= mostSpread) return
  const [most] = columns.toSorted((one, other) => (other.values?.size ?? 0) - (one.values?.size ?? 0))
  if (most === undefined || most.values === null) return
  const found = `${most.values.size} in column ${JSON.stringify(most.name)}, for ${rows.length} rows`
  throw new DatasetProblem(`${path}: expected fewer values of one-hot columns, got ${found}`, ['oneHot'])
}

/** One-hot columns are spread out. */
function numbersOf({ rows, columns }: Table): Float64Array {
  const width = widthOf(columns)
  const numbers = new Float64Array(rows.length * width)
  if (columns.every(({ values }) => values === null)) {
    for (const [place, row] of rows.entries()) numbers.set(row, place * width)
    return numbers
  }
  for (const [place, row] of rows.entries()) {
    let at = place * width
    for (const [column, { values }] of columns.entries()) {
      const value = row[column] as number
      if (values === null) numbers[at] = value
      else if (value >= 0) numbers[at + value] = 1
      at += values?.size ?? 1
    }
  }
  return numbers
}

export const csv: Format<'csv'> = { load: loadCsv, files: csvFiles }
