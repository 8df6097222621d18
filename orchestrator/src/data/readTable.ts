// Reads a CSV or TSV file with a header into numbers and the label column's texts.
import { Readable } from 'node:stream'
import { DatasetProblem } from './data.ts'
import { textPieces } from './readText.ts'

export interface TableSettings {
  label: string
  ignore: string[]
  oneHot: string[]
  delimiter: string
  /** Whether numbers must be whole and from 0 to 255. */
  bytes: boolean
}

export interface Column {
  name: string
  /** The values of a one-hot column, in the order of their numbers; null for a column of numbers. */
  values: Map<string, number> | null
}

export interface Table {
  columns: Column[]
  /** A row for each sample; a one-hot column holds the number of its value. */
  rows: Float32Array[]
  labels: string[]
  /** The line that a sample ends in. */
  lines: number[]
}

/** Of all that is wrong in a file's rows so much is told. */
const told = 5

/**
 * @param key the data set's property that names the file, for errors
 * @param training the training file's table, whose columns and one-hot values this one must have
 * @throws DatasetProblem with the first few wrong fields and their lines
 */
export async function readTable(path: string, key: string, settings: TableSettings, training?: Table): Promise<Table> {
  const table: Table = { columns: [], rows: [], labels: [], lines: [] }
  const problems: string[] = []
  let header: Header | undefined
  let line = 0
  const fail = (problem: string, where = [key]): never => {
    throw new DatasetProblem(`${path}:${line}: ${problem}`, where)
  }
  await eachRecord(path, key, settings.delimiter, (record, error) => {
    line++
    if (error !== undefined) fail(error)
    // A line break inside quotes is none of the table's.
    for (const text of record) if (text.includes('\n')) line += text.split('\n').length - 1
    if (record.length === 1 && record[0] === '') return
    if (header === undefined) {
      header = headerOf(record, settings, training, fail)
      table.columns = header.columns
      return
    }
    if (record.length !== header.fields) fail(`expected ${header.fields} fields as in the header, got ${record.length}`)
    const wrong = (problem: string) => problems.push(`${path}:${line}: ${problem}`)
    const label = (record[header.label] as string).trim()
    if (label === '') wrong(`column ${JSON.stringify(settings.label)}: expected a class, got nothing`)
    table.labels.push(label)
    table.rows.push(rowOf(record, header, settings.bytes, training !== undefined, wrong))
    table.lines.push(line)
  })
  if (problems.length > 0) {
    const more = problems.length > told ? [`and ${problems.length - told} more`] : []
    throw new DatasetProblem([...problems.slice(0, told), ...more].join('; '), [key])
  }
  if (table.rows.length === 0) throw new DatasetProblem(`${path}: expected a header and rows below it, got none`, [key])
  return table
}

/** Stops where `take` throws, and rejects with that. */
async function eachRecord(
  path: string,
  key: string,
  delimiter: string,
  take: (record: string[], error: string | undefined) => void,
): Promise<void> {
  // Where no table is read, a trial's process starts without it.
  const { default: Papa } = await import('papaparse')
  return new Promise((resolve, reject) => {
    let stopped = false
    Papa.parse<string[]>(Readable.from(textPieces(path, key)), {
      delimiter,
      step({ data, errors }, parser) {
        if (stopped) return
        try {
          take(data, errors[0]?.message)
        } catch (error) {
          stopped = true
          reject(error)
          parser.abort()
        }
      },
      complete: () => resolve(),
      error: reject,
    })
  })
}

interface Header {
  /** How many a row has. */
  fields: number
  /** Places in the file's rows. */
  label: number
  inputs: number[]
  columns: Column[]
}

function headerOf(
  names: string[],
  { label, ignore, oneHot }: TableSettings,
  training: Table | undefined,
  fail: (problem: string, path?: string[]) => never,
): Header {
  const shown = (list: string[]) => list.map((name) => JSON.stringify(name)).join(', ')
  const require = (name: string, path: string[]) => {
    if (!names.includes(name)) fail(`expected a column ${JSON.stringify(name)}, got ${shown(names)}`, path)
  }
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) fail(`expected each column once, got ${JSON.stringify(twice)} twice`)
  require(label, ['label'])
  for (const [place, name] of ignore.entries()) require(name, ['ignore', String(place)])
  for (const [place, name] of oneHot.entries()) require(name, ['oneHot', String(place)])
  const inputs = [...names.keys()].filter((at) => names[at] !== label && !ignore.includes(names[at]!))
  const columns = inputs.map((at): Column => {
    const name = names[at]!
    const known = training?.columns.find((column) => column.name === name)?.values
    return { name, values: oneHot.includes(name) ? (known ?? new Map()) : null }
  })
  if (columns.length === 0) fail('expected columns beside the label, got none')
  const [expected, got] = [training?.columns ?? columns, columns].map((all) => shown(all.map(({ name }) => name)))
  if (expected !== got) fail(`expected the training file's columns ${expected}, got ${got}`)
  return { fields: names.length, label: names.indexOf(label), inputs, columns }
}

function rowOf(
  record: string[],
  { inputs, columns }: Header,
  bytes: boolean,
  closed: boolean,
  wrong: (problem: string) => void,
): Float32Array {
  const row = new Float32Array(columns.length)
  // Outside of the loop, which is the whole of the time that reading a table of pixels takes.
  const problem = (place: number, expected: string) => {
    const found = JSON.stringify(record[inputs[place] as number])
    wrong(`column ${JSON.stringify(columns[place]?.name)}: expected ${expected}, got ${found}`)
  }
  for (let place = 0; place < columns.length; place++) {
    const { values } = columns[place] as Column
    const text = record[inputs[place] as number] as string
    if (values !== null) {
      const value = text.trim()
      if (!values.has(value) && closed) problem(place, 'a value that the training file has')
      if (!values.has(value)) values.set(value, values.size)
      row[place] = values.get(value) as number
      continue
    }
    const number = numberOf(text)
    row[place] = number
    if (Number.isNaN(number) && text.trim() !== '' && text !== 'NaN') {
      problem(place, 'a number (text is for "oneHot" or "ignore")')
    } else if (bytes && !(Number.isInteger(number) && number >= 0 && number <= 255)) {
      problem(place, 'a whole number from 0 to 255')
    } else if (!Number.isFinite(row[place])) problem(place, 'a number that a float32 can hold')
  }
  return row
}

/** NaN for what is no decimal number; JavaScript would take nothing as 0, and 0x10 as 16. */
const numberOf = (text: string): number => (/^\s*$|[xXoObB]/.test(text) ? Number.NaN : Number(text))
