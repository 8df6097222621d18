// The data set of a table: a CSV or TSV file with a header, one of whose columns is the class.
import type { ResolvedDataset } from '@retort/schema/trial'
import { assemble, drawTest } from './assemble.ts'
import { classNamesOf, numbered } from './classNames.ts'
import { type Data, DatasetProblem, type Samples } from './data.ts'
import { type Column, readTable, type Table } from './readTable.ts'

type Csv = Extract<ResolvedDataset, { type: 'csv' }>

export const csvFiles = ({ train, test }: Csv): string[] => (typeof test === 'string' ? [train, test] : [train])

export async function loadCsv(dataset: Csv): Promise<Data> {
  const { train: file, test, label, ignore, oneHot, image, split } = dataset
  const bytes = image !== 'none'
  if (bytes && oneHot.length > 0) {
    throw new DatasetProblem(`expected no one-hot columns beside pixels, got ${oneHot.length}`, ['oneHot'])
  }
  const settings = { label, ignore, oneHot, bytes }
  const table = await readTable(file, 'train', { ...settings, delimiter: delimiterOf(dataset, file) })
  const classNames = classNamesOf(table.labels)
  if (classNames.length < 2) {
    throw new DatasetProblem(`${file}: expected at least 2 classes in column ${JSON.stringify(label)}, got 1`, [
      'train',
    ])
  }
  if (bytes && image.height * image.width * image.channels !== table.columns.length) {
    const expected = `${image.height} x ${image.width} x ${image.channels} columns of pixels`
    throw new DatasetProblem(`${file}: expected ${expected}, got ${table.columns.length}`, ['image'])
  }
  const parts =
    typeof test === 'string'
      ? [table, await readTable(test, 'test', { ...settings, delimiter: delimiterOf(dataset, test) }, table)]
      : heldOut(table, test, split.seed)
  const [train, tested] = parts.map((part) => ({
    inputs: bytes ? bytesOf(part) : numbersOf(part),
    labels: numbered(part.labels, classNames, (row) => `${typeof test === 'string' ? test : file}:${part.lines[row]}`),
  })) as [Part, Part]
  return assemble({
    dataset,
    train,
    test: tested,
    inputShape: bytes ? [image.height, image.width, image.channels] : [widthOf(table.columns)],
    classes: classNames.length,
    classNames,
    ...(!bytes && { columnNames: namesOf(table.columns) }),
    place: (part, row) => {
      const [key, path] = part === 'test' && typeof test === 'string' ? ['test', test] : ['train', file]
      return { at: `${path}:${parts[part === 'train' ? 0 : 1]!.lines[row]}`, path: [key] }
    },
  })
}

type Part = Pick<Samples, 'inputs' | 'labels'>

function delimiterOf({ delimiter }: Csv, file: string): string {
  if (delimiter !== 'auto') return delimiter
  return /\.(tsv|tab)$/i.test(file) ? '\t' : ','
}

/** The rows to train on and those held out, each in the file's order. */
function heldOut({ columns, rows, labels, lines }: Table, share: number, seed: number): [Table, Table] {
  const { train, test } = drawTest(rows.length, share, seed)
  const part = (places: Int32Array): Table => ({
    columns,
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
  let at = 0
  for (const row of rows) for (const pixel of row) bytes[at++] = pixel
  return bytes
}

/** One-hot columns are spread out. */
function numbersOf({ rows, columns }: Table): Float64Array {
  const width = widthOf(columns)
  const numbers = new Float64Array(rows.length * width)
  for (const [place, row] of rows.entries()) {
    let at = place * width
    for (const [column, { values }] of columns.entries()) {
      const value = row[column] as number
      if (values === null) numbers[at] = value
      else numbers[at + value] = 1
      at += values?.size ?? 1
    }
  }
  return numbers
}
