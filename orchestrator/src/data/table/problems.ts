// What is wrong in a table's rows, gathered by column: one sentence for each kind, not one for each row.
import { showValue } from '../../errors/problem.ts'

export interface Problems {
  add(line: number, column: string, expected: string, found: string): void
  /** The sentences, null where nothing is wrong. */
  text(path: string): string | null
}

/** So many sentences are told, and of each so many lines and values. */
const told = 5

export function gatherProblems(): Problems {
  const kinds = new Map<string, { what: string; lines: number[]; values: Set<string>; rows: number }>()
  return {
    add(line, column, expected, found) {
      const what = `column ${showValue(column)}: expected ${expected}`
      const kind = kinds.get(what) ?? { what, lines: [], values: new Set(), rows: 0 }
      kinds.set(what, kind)
      kind.rows++
      if (kind.lines.length < told) kind.lines.push(line)
      if (kind.values.size <= told) kind.values.add(found)
    },
    text(path) {
      if (kinds.size === 0) return null
      const all = [...kinds.values()].map(({ what, lines, values, rows }, at) => {
        const shown = [...values].slice(0, told).map((value) => (value === '' ? 'nothing' : showValue(value)))
        const found = `${shown.join(', ')}${values.size > told ? ' and others' : ''}`
        const where = rows > 1 ? ` in ${rows} rows, in lines ${lines.join(', ')}${rows > told ? ' and on' : ''}` : ''
        return `${at > 0 ? 'line ' : ''}${lines[0]}: ${what}, got ${found}${where}`
      })
      const listed = [...all.slice(0, told), ...(all.length > told ? [`and ${all.length - told} more`] : [])]
      return `${path}:${listed.join('; ')}`
    },
  }
}
