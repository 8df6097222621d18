// Divides the text of a table into records of fields. It reads what spreadsheets, R, pandas and people write: quoted
// fields with line breaks in them, spaces before a quote, line ends that differ, comments, Excel's "sep=" line.
import { showValue } from '../../errors/problem.ts'

export interface Dialect {
  /** What stands between fields, a space for any number of spaces and tabs; or who says so, given the first line. */
  delimiter: string | ((line: string) => string)
  /** What lines begin with that are skipped; null for none. */
  comment: string | null
}

/** Takes the record that ends in a line, from 1. */
export type Take = (record: string[], line: number) => void

/**
 * Lines with nothing in them are skipped.
 * @param take may throw to stop
 * @param fail throws what is wrong in a line
 */
export async function eachRecord(
  pieces: AsyncIterable<string>,
  dialect: Dialect,
  take: Take,
  fail: (problem: string, line: number) => never,
): Promise<void> {
  const reader = recordReader(dialect, take, fail)
  let end: LineEnd | undefined
  let rest = ''
  for await (const piece of pieces) {
    rest += piece
    end ??= lineEndOf(rest)
    if (end === undefined || !piece.includes(end)) continue
    const lines = rest.split(end)
    rest = lines.pop() as string
    for (const line of lines) reader.read(line, end)
  }
  if (rest !== '') reader.read(rest, end ?? '\n')
  reader.close()
}

type LineEnd = '\n' | '\r'

/** What stands before it, as in \r\n, is taken off its line later on. Undefined while there is none to be seen. */
function lineEndOf(text: string): LineEnd | undefined {
  if (text.includes('\n')) return '\n'
  return text.slice(0, -1).includes('\r') ? '\r' : undefined
}

function recordReader({ delimiter: given, comment }: Dialect, take: Take, fail: (text: string, line: number) => never) {
  let delimiter = typeof given === 'string' ? given : null
  let line = 0
  /** Of a record with quotes: the fields before the one that is being read, and that, while its quote is open. */
  let fields: string[] = []
  let open: { text: string; line: number } | null = null

  function readQuoted(text: string, between: string, end: LineEnd): void {
    let at = 0
    for (;;) {
      if (open === null) {
        const start = afterSpace(text, at, between)
        if (text[start] === '"') {
          open = { text: '', line }
          at = start + 1
          continue
        }
        // Spaces that divide fields end a line, too.
        const ended = between === ' ' && start === text.length && fields.length > 0
        at = between === ' ' ? start : at
        const next = endOfField(text, at, between)
        const isLast = next === text.length
        if (!ended) fields.push(isLast ? text.slice(at).replace(/\r+$/, '') : text.slice(at, next))
        if (isLast) break
        at = next + 1
        continue
      }
      const quote = text.indexOf('"', at)
      open.text += text.slice(at, quote < 0 ? undefined : quote)
      if (quote < 0) {
        open.text += end
        return
      }
      at = quote + 1
      if (text[at] === '"') {
        open.text += '"'
        at++
        continue
      }
      fields.push(open.text)
      open = null
      const next = afterSpace(text, at, between)
      if (next === text.length) break
      const divided = between === ' ' ? next > at : text[next] === between
      if (!divided) fail(`expected ${shown(between)} behind a closing quote, got ${showValue(text[next])}`, line)
      at = between === ' ' ? next : next + 1
    }
    const record = fields
    fields = []
    if (record.length > 1 || record[0] !== '') take(record, line)
  }

  return {
    /** @param raw without the line end, but with a \r before it */
    read(raw: string, end: LineEnd): void {
      line++
      if (open !== null) return readQuoted(raw, delimiter as string, end)
      const text = raw.endsWith('\r') ? raw.replace(/\r+$/, '') : raw
      if (comment !== null && text.startsWith(comment)) return
      const [, stated] = (line === 1 && /^"?sep=(.)"?$/i.exec(text)) || []
      if (stated !== undefined) {
        delimiter ??= stated
        return
      }
      if (text === '' || text.trim() === '') return
      delimiter ??= (given as (line: string) => string)(text)
      // A break inside quotes keeps its \r.
      if (text.includes('"')) return readQuoted(raw, delimiter, end)
      if (!text.includes('\r')) return take(fieldsOf(text, delimiter), line)
      line--
      for (const part of text.split('\r')) this.read(part, end)
    },
    close(): void {
      if (open !== null) fail('expected a closing quote, got the end of the file', open.line)
    },
  }
}

/** Of a line; none where its quotes go on in the next, or stand where no field begins or ends. */
export function fieldsOf(text: string, delimiter: string): string[] {
  if (!text.includes('"')) return delimiter === ' ' ? text.trim().split(/[ \t]+/) : text.split(delimiter)
  const found: string[][] = []
  const stop = (): never => {
    throw new Error('no record')
  }
  try {
    recordReader({ delimiter, comment: null }, (record) => found.push(record), stop).read(text, '\n')
  } catch {
    return []
  }
  return found[0] ?? []
}

/** The place behind spaces that stand before a quote or behind one; a delimiter is none of these. */
function afterSpace(text: string, at: number, delimiter: string): number {
  while (isSpace(text.charCodeAt(at)) && (delimiter === ' ' || text[at] !== delimiter)) at++
  return at
}

const isSpace = (code: number) => code === 32 || code === 9 || code === 13

function endOfField(text: string, at: number, delimiter: string): number {
  const found = delimiter === ' ' ? text.slice(at).search(/[ \t]/) : text.indexOf(delimiter, at)
  if (found < 0) return text.length
  return delimiter === ' ' ? at + found : found
}

const shown = (delimiter: string) => (delimiter === ' ' ? 'a space' : showValue(delimiter))
