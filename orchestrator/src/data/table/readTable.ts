// Reads a CSV or TSV file into numbers and the label column's texts.
import { showValue } from '../../errors/problem.ts'
import { DatasetProblem } from '../data.ts'
import { textPieces } from '../readText.ts'
import { type Column, type Layout, layoutOf, seemsRow } from './columns.ts'
import { delimiterOf } from './delimiter.ts'
import { missingOf } from './missing.ts'
import { gatherProblems, type Problems } from './problems.ts'
import { eachRecord } from './records.ts'
import type { TableSettings } from './settings.ts'

export interface Table {
  path: string
  columns: Column[]
  /** The name of the label's column. */
  label: string
  /** Of all columns of the file. */
  names: string[]
  /** A row for each sample: NaN for what is missing; a one-hot column holds the number of its value, -1 for none. */
  rows: (Float64Array | Uint8Array)[]
  labels: string[]
  /** The line that a sample ends in. */
  lines: number[]
  /** Which columns of numbers miss values. */
  gaps: Set<number>
  /** The first line, where it names the columns by numbers, as if it were a row. */
  odd: string[] | null
  /** What was done with it that people should know, in sentences. */
  notes: string[]
}

/**
 * @param key the data set's property that names the file, for errors
 * @param training the training file's table, whose columns and one-hot values this one must have
 * @throws DatasetProblem with what is wrong of each column, and the first lines and values
 */
export async function readTable(path: string, key: string, said: TableSettings, training?: Table): Promise<Table> {
  // The training file's label, by its number, may stand elsewhere here.
  const settings = training !== undefined && said.header ? { ...said, label: training.label } : said
  const table: Table = {
    path,
    columns: [],
    label: '',
    names: [],
    rows: [],
    labels: [],
    lines: [],
    gaps: new Set(),
    odd: null,
    notes: [],
  }
  const fail = (problem: string, line: number, where = [key]): never => {
    throw new DatasetProblem(`${path}:${line}: ${problem}`, where)
  }
  const { label, header, comment, decimal } = settings
  const stated = settings.delimiter === 'auto' ? null : settings.delimiter
  const dialect = {
    delimiter: stated ?? ((line: string) => delimiterOf(line, { path, label, header, decimal })),
    comment: comment === 'none' ? null : comment,
  }
  let names: { record: string[]; line: number } | undefined
  let reader: RowReader | undefined
  const begin = (row: string[] | undefined, line: number) => {
    const failHere = (problem: string, where?: string[]) => fail(problem, names?.line ?? line, where)
    const layout = layoutOf(names?.record ?? null, row, settings, training?.columns, failHere)
    table.columns = layout.columns
    table.label = layout.labelName
    table.names = layout.names
    table.notes.push(...layout.notes.map((note) => `${path}: ${note}`))
    return rowReader(table, layout, settings, training !== undefined, fail)
  }
  await eachRecord(
    textPieces(path, key),
    dialect,
    (record, line) => {
      // Where more rows or columns were once, spreadsheets write delimiters alone.
      if (record.every((text) => text.trim() === '')) return
      if (header && names === undefined) {
        names = { record, line }
        if (seemsRow(record)) table.odd = record
        return
      }
      reader ??= begin(record, line)
      reader.read(record, line)
    },
    fail,
  )
  if (reader === undefined && names !== undefined) begin(undefined, names.line)
  const problems = reader?.problems.text(path) ?? null
  if (problems !== null) throw new DatasetProblem(problems, [key])
  reader?.close()
  if (table.rows.length === 0) {
    const expected = header ? 'a header and rows below it' : 'rows'
    throw new DatasetProblem(`${path}: expected ${expected}, got none`, [key])
  }
  return table
}

interface RowReader {
  problems: Problems
  read(record: string[], line: number): void
  /** Notes what was left out. */
  close(): void
}

function rowReader(
  table: Table,
  layout: Layout,
  settings: TableSettings,
  closed: boolean,
  fail: (problem: string, line: number) => never,
): RowReader {
  const { columns, inputs, fields, blank } = layout
  const { bytes, unseen, decimal } = settings
  const missing = missingOf(settings)
  const words = [...columns.keys()].filter((place) => columns[place]!.values !== null)
  const drops = settings.missing === 'drop'
  const refuses = settings.missing === 'error' || (bytes && !drops)
  const problems = gatherProblems()
  /** How many rows miss each column's value, where such rows are left out. */
  const dropped = new Map<string, number>()
  let left = 0
  const unknown = new Map<string, number>()
  const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)

  /** Outside of the loop over a row's columns, which is most of the time that reading a table takes. */
  function oddNumber(text: string, number: number, name: string, line: number): number {
    if (!Number.isNaN(number) && !missing.numbers.has(number)) {
      problems.add(line, name, bytes ? 'a whole number from 0 to 255' : 'a finite number', text)
    } else if (missing.isAmongNumbers(text) || missing.numbers.has(number)) {
      if (!refuses) return Number.NaN
      const advice = bytes ? '' : ' ("missing" says what becomes of missing ones)'
      problems.add(line, name, `a number${advice}`, text)
    } else {
      const isDecimal = decimal === '.' && /^\s*[-+]?\d+,\d+\s*$/.test(text)
      const isGrouped = decimal === '.' && /^\s*[-+]?\d{1,3}(,\d{3})+\s*$/.test(text)
      const grouped = `separators of thousands are not read${isDecimal ? ', "decimal": "," takes it for a fraction' : ''}`
      const words = 'text is for "oneHot" or "ignore"'
      const advice = isGrouped ? grouped : isDecimal ? '"decimal": "," reads such' : words
      problems.add(line, name, `a number (${advice})`, text)
    }
    return Number.NaN
  }

  function wordOf(text: string, { name, values }: Column, line: number): number {
    const written = text.trim()
    const value = missing.amongWords?.has(written) ? '' : written
    const known = values!.get(value)
    if (known !== undefined) return known
    if (closed) {
      if (unseen === 'error') {
        problems.add(line, name, 'a value that the training file has ("unseen": "ignore" reads zeros)', written)
      } else count(unknown, name)
      return -1
    }
    values!.set(value, values!.size)
    return values!.size - 1
  }

  function read(record: string[], line: number): void {
    if (record.length !== fields) {
      const begins = record[0]!.slice(0, 2).match(/^(#|%|\/\/|@)/)?.[0]
      const advice = begins === undefined ? '' : `; "comment": "${begins}" skips such lines`
      fail(
        `expected ${fields} fields as in the ${settings.header ? 'header' : 'first row'}, got ${record.length}${advice}`,
        line,
      )
    }
    for (const place of blank) {
      if (record[place]!.trim() !== '') {
        fail(`expected nothing behind the columns that have a name, got ${showValue(record[place])}`, line)
      }
    }
    const lacking: string[] = []
    const label = record[layout.label]!.trim()
    if (missing.amongClasses.has(label)) {
      if (drops) lacking.push(table.label)
      else problems.add(line, table.label, 'a class ("missing": "drop" leaves such rows out)', label)
    }
    const row = bytes ? new Uint8Array(columns.length) : new Float64Array(columns.length)
    for (let place = 0; place < columns.length; place++) {
      const { name, values } = columns[place] as Column
      if (values !== null) continue
      const text = record[inputs[place] as number] as string
      const number = numberOf(text, decimal)
      const fits = bytes ? number >= 0 && number <= 255 && Number.isInteger(number) : Number.isFinite(number)
      if (fits && (missing.numbers.size === 0 || !missing.numbers.has(number))) {
        row[place] = number
        continue
      }
      row[place] = oddNumber(text, number, name, line)
      lacking.push(name)
      if (!drops) table.gaps.add(place)
    }
    for (const place of words) {
      const text = record[inputs[place] as number] as string
      if (drops && missing.amongWords?.has(text.trim())) lacking.push(columns[place]!.name)
    }
    if (drops && lacking.length > 0) {
      left++
      for (const name of lacking) count(dropped, name)
      return
    }
    for (const place of words) row[place] = wordOf(record[inputs[place] as number] as string, columns[place]!, line)
    table.rows.push(row)
    table.labels.push(label)
    table.lines.push(line)
  }

  const listed = (counts: Map<string, number>) =>
    [...counts].map(([name, rows]) => `${showValue(name)} (${rows})`).join(', ')

  function close(): void {
    const { notes, path, rows } = table
    if (left > 0) {
      notes.push(
        `${path}: ${left} of ${left + rows.length} rows are left out, as values are missing: ${listed(dropped)}`,
      )
    }
    if (unknown.size > 0) {
      notes.push(`${path}: values that the training file does not have are read as zeros: ${listed(unknown)}`)
    }
  }

  return { problems, read, close }
}

/** NaN for what is no decimal number; JavaScript would take nothing as 0, and 0x10 as 16. */
function numberOf(text: string, decimal: '.' | ','): number {
  const written = decimal === '.' ? text.trim() : text.includes('.') ? '' : text.trim().replace(',', '.')
  if (written === '' || (written.charCodeAt(1) > 0x40 && /^0[xob]/i.test(written))) return Number.NaN
  return Number(written)
}
