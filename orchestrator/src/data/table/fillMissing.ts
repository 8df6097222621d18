// Puts numbers where a table's values are missing.

import { createHash } from 'node:crypto'
import { showValue } from '../../errors/problem.ts'
import { DatasetProblem } from '../data.ts'
import type { Table } from './readTable.ts'

export type Fill = 'mean' | 'median' | 'indicator'

/** SHA-256 of what files hold that miss values: what is put there depends on the split, too. */
export function contentsOf(parts: Table[], classNames: string[]): string {
  const hash = createHash('sha256')
  for (const { rows, labels } of parts) {
    for (const row of rows) hash.update(row)
    hash.update(JSON.stringify(labels))
  }
  const columns = parts[0]!.columns.map(({ values }) => (values === null ? null : [...values.keys()]))
  return hash.update(JSON.stringify([columns, classNames])).digest('hex')
}

interface Filled {
  parts: [Table, Table]
  /** What was put where, by the columns' names. */
  filled: Record<string, number>
  /** The same in sentences. */
  said: string[]
}

/**
 * The tables with the mean or median of a column's known values over some rows of the first, those trained on, where
 * values are missing; as "indicator" also with a column behind each that misses values in the first, of 1 where one does.
 * @throws DatasetProblem for a column that has no value in these rows
 */
export function fillMissing(parts: [Table, Table], trained: Int32Array, fill: Fill): Filled {
  const [train] = parts
  const places = [...new Set(parts.flatMap(({ gaps }) => [...gaps]))].sort((one, other) => one - other)
  const marked = fill === 'indicator' ? places.filter((at) => train.gaps.has(at)) : []
  const said: string[] = []
  const values = new Map<number, number>()
  for (const at of places) {
    const known = Float64Array.from(trained, (row) => train.rows[row]![at]!).filter((value) => !Number.isNaN(value))
    const name = showValue(train.columns[at]!.name)
    if (known.length === 0) {
      const problem = `column ${name} has no value in the training split; "ignore" leaves the column out`
      throw new DatasetProblem(`${train.path}: ${problem}`, ['train'])
    }
    const value = fill === 'median' ? medianOf(known) : meanOf(known)
    values.set(at, value)
    const all = parts.flatMap(({ rows }) => rows)
    const gaps = all.filter((row) => isGap(row, at)).length
    const number = `the ${fill === 'median' ? 'median' : 'mean'} of the training split, ${Number(value.toPrecision(4))},`
    const mark = marked.includes(at) ? ', and a column beside it says where' : ''
    said.push(`column ${name} misses its value in ${gaps} of ${all.length} rows; ${number} stands there${mark}`)
  }
  const [whole, tested] = parts.map((part) => filled(part, values, marked)) as [Table, Table]
  const named = [...values].map(([at, value]) => [train.columns[at]!.name, value])
  return { parts: [whole, tested], filled: Object.fromEntries(named), said }
}

const isGap = (row: Table['rows'][number], at: number): boolean => Number.isNaN(row[at])

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Of an even number of values the mean of the two in the middle. */
function medianOf(values: Float64Array): number {
  const sorted = values.toSorted()
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2
}

function filled(table: Table, values: Map<number, number>, marked: number[]): Table {
  const columns = table.columns.flatMap((column, at) =>
    marked.includes(at) ? [column, { name: `${column.name} is missing`, values: null }] : [column],
  )
  const rows = table.rows.map((row) => {
    const whole = row.map((value, at) => (Number.isNaN(value) ? values.get(at)! : value))
    if (marked.length === 0) return whole
    return Float64Array.from(
      [...whole.keys()].flatMap((at) => (marked.includes(at) ? [whole[at]!, isGap(row, at) ? 1 : 0] : [whole[at]!])),
    )
  })
  return { ...table, columns, rows }
}
