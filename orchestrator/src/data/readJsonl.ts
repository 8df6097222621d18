// Reads JSON Lines: a text and a class of each line's object.
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { showValue } from '../errors/problem.ts'
import { isRecord } from '../spec/schema.ts'
import { DatasetProblem } from './data.ts'
import { textPieces } from './readText.ts'

/** The names of the fields. */
export interface Fields {
  text: string
  label: string
}

export interface Rows {
  rows: { text: string; label: string }[]
  /** The line of each row. */
  lines: number[]
}

/** Of all that is wrong in a file's lines so much is told. */
const told = 5

/**
 * Empty lines are skipped.
 * @param key the data set's property that names the file, for errors
 * @throws DatasetProblem with the first few wrong lines
 */
export async function readJsonl(path: string, key: string, fields: Fields): Promise<Rows> {
  const found: Rows = { rows: [], lines: [] }
  const problems: string[] = []
  let line = 0
  await eachLine(path, key, (text) => {
    line++
    if (text.trim() === '') return
    const wrong = (problem: string): undefined => {
      problems.push(`${path}:${line}: ${problem}`)
    }
    const row = rowOf(text, fields, wrong)
    if (row === undefined) return
    found.rows.push(row)
    found.lines.push(line)
  })
  if (problems.length > 0) {
    const more = problems.length > told ? [`and ${problems.length - told} more`] : []
    throw new DatasetProblem([...problems.slice(0, told), ...more].join('; '), [key])
  }
  if (found.rows.length === 0) throw new DatasetProblem(`${path}: expected an object a line, got none`, [key])
  return found
}

async function eachLine(path: string, key: string, take: (line: string) => void): Promise<void> {
  const input = Readable.from(textPieces(path, key))
  const failed = new Promise<never>((_, reject) => {
    input.once('error', reject)
  })
  const read = async () => {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) take(line)
  }
  await Promise.race([failed, read()])
}

/** Undefined where something is wrong, all of which is told. */
function rowOf(line: string, fields: Fields, wrong: (problem: string) => undefined): Rows['rows'][number] | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return wrong(`expected a JSON object, got ${showValue(line)}`)
  }
  if (!isRecord(value)) return wrong(`expected a JSON object, got ${showValue(value)}`)
  const names = Object.keys(value).map(showValue).join(', ') || 'none'
  const shown = (name: string) => (Object.hasOwn(value, name) ? showValue(value[name]) : `nothing among ${names}`)
  const text = value[fields.text]
  const label = value[fields.label]
  const isClass = (typeof label === 'string' && label.trim() !== '') || ['number', 'boolean'].includes(typeof label)
  if (typeof text !== 'string') wrong(`field ${showValue(fields.text)}: expected a text, got ${shown(fields.text)}`)
  if (!isClass) wrong(`field ${showValue(fields.label)}: expected a class, got ${shown(fields.label)}`)
  return typeof text === 'string' && isClass ? { text, label: String(label).trim() } : undefined
}
