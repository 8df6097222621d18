// Reads JSON Lines, or a JSON array of the same objects: a text and a class of each.
import { type ParseError, parseTree } from 'jsonc-parser'
import { showValue } from '../errors/problem.ts'
import { positions } from '../spec/positions.ts'
import { isRecord } from '../spec/schema.ts'
import { syntaxProblems } from '../spec/syntax.ts'
import { DatasetProblem } from './data.ts'
import { textPieces } from './readText.ts'

/** The names of the fields. */
export interface Fields {
  text: string
  label: string
}

interface Row {
  text: string
  label: string
}

export interface Rows {
  rows: Row[]
  /** Where a row stands, for messages. */
  place(row: number): string
}

/** Of all that is wrong in a file so much is told. */
const told = 5

/** An array is parsed at once, which takes several times its size; lines are not. In UTF-16 units. */
const longestArray = 2 ** 28

/**
 * Empty lines are skipped.
 * @param key the data set's property that names the file, for errors
 * @throws DatasetProblem with the first few wrong lines, or items
 */
export async function readJsonl(path: string, key: string, fields: Fields): Promise<Rows> {
  const problems: string[] = []
  const rows: Row[] = []
  const numbers: number[] = []
  const take = (value: unknown, number: number, place: string) => {
    const row = rowOf(value, fields, (problem) => void problems.push(`${place}: ${problem}`))
    if (row === undefined) return
    rows.push(row)
    numbers.push(number)
  }
  const pieces = textPieces(path, key)
  const beginning = await firstOf(pieces)
  const isArray = beginning.trimStart().startsWith('[')
  const placeOf = (number: number) => (isArray ? `${path}: item ${number}` : `${path}:${number}`)
  if (isArray) {
    const items = arrayIn(path, await joined(beginning, pieces, path, key), key)
    for (const [at, item] of items.entries()) take(item, at + 1, placeOf(at + 1))
  } else {
    let number = 0
    for await (const line of linesOf(beginning, pieces)) {
      number++
      if (line.trim() === '') continue
      const read = parsed(line, number)
      if ('value' in read) take(read.value, number, placeOf(number))
      else problems.push(`${path}${read.problem.replaceAll('the end of the file', 'the end of the line')}`)
    }
  }
  if (problems.length > 0) {
    const more = problems.length > told ? [`and ${problems.length - told} more`] : []
    throw new DatasetProblem([...problems.slice(0, told), ...more].join('; '), [key])
  }
  if (rows.length === 0) throw new DatasetProblem(`${path}: expected an object a line, got none`, [key])
  return { rows, place: (row) => placeOf(numbers[row] as number) }
}

type Pieces = AsyncGenerator<string, void, undefined>

/** Up to the first that is more than space. */
async function firstOf(pieces: Pieces): Promise<string> {
  let text = ''
  while (text.trim() === '') {
    const { value, done } = await pieces.next()
    if (done) break
    text += value
  }
  return text
}

/** Not by readline, which on newer Nodes ends lines at U+2028, too, which may stand inside of a text. */
async function* linesOf(beginning: string, pieces: Pieces): Pieces {
  let unended: string[] = []
  let held = ''
  for (
    let piece: string | undefined = beginning;
    piece !== undefined;
    piece = (await pieces.next()).value ?? undefined
  ) {
    const text: string = held + piece
    // The line feed behind a last carriage return may come in the next piece.
    held = text.endsWith('\r') ? '\r' : ''
    const [first = '', ...others] = text.slice(0, text.length - held.length).split(/\r\n|\n|\r/)
    unended.push(first)
    const last = others.pop()
    if (last === undefined) continue
    yield unended.join('')
    yield* others
    unended = [last]
  }
  yield unended.join('')
}

async function joined(beginning: string, pieces: Pieces, path: string, key: string): Promise<string> {
  const all = [beginning]
  let length = beginning.length
  for await (const piece of pieces) {
    all.push(piece)
    length += piece.length
    if (length > longestArray) {
      const expected = `a JSON array of at most ${longestArray} characters, or an object a line`
      throw new DatasetProblem(`${path}: expected ${expected}, got a longer array`, [key])
    }
  }
  return all.join('')
}

function arrayIn(path: string, text: string, key: string): unknown[] {
  const read = parsed(text)
  if ('value' in read) return read.value as unknown[]
  throw new DatasetProblem(`${path}${read.problem}`, [key])
}

/**
 * @param line where the text begins
 * @returns the value, or a problem that begins with its place, as `:4:12: …`
 */
function parsed(text: string, line = 1): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    const errors: ParseError[] = []
    const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
    const [first] = syntaxProblems('', text, errors, root, positions(text))
    if (first === undefined) return { problem: `:${line}: expected JSON, got ${showValue(text)}` }
    return { problem: `:${line + (first.line ?? 1) - 1}:${first.column}: ${first.message}` }
  }
}

/** Undefined where something is wrong, all of which is told. */
function rowOf(value: unknown, fields: Fields, wrong: (problem: string) => undefined): Row | undefined {
  if (!isRecord(value)) return wrong(`expected a JSON object, got ${showValue(value)}`)
  const names = Object.keys(value).map(showValue).join(', ') || 'none'
  const shown = (name: string) => (Object.hasOwn(value, name) ? showValue(value[name]) : `nothing among ${names}`)
  const text = value[fields.text]
  const label = value[fields.label]
  const isClass = (typeof label === 'string' && label.trim() !== '') || ['number', 'boolean'].includes(typeof label)
  if (typeof text !== 'string') wrong(`field ${showValue(fields.text)}: expected a text, got ${shown(fields.text)}`)
  if (typeof label === 'number' && Math.abs(label) > Number.MAX_SAFE_INTEGER) {
    const expected = `a number up to ${Number.MAX_SAFE_INTEGER}, beyond which several are read as one, or a text`
    return wrong(`field ${showValue(fields.label)}: expected ${expected}, got about ${label}`)
  }
  if (!isClass) wrong(`field ${showValue(fields.label)}: expected a class, got ${shown(fields.label)}`)
  return typeof text === 'string' && isClass ? { text, label: String(label).trim() } : undefined
}
