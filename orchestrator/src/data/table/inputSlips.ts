// What is odd about the inputs of a table: columns that number its rows, or that give the class away.
import { showValue } from '../../errors/problem.ts'
import { alike } from '../spelling.ts'
import type { Column } from './columns.ts'
import type { Table } from './readTable.ts'

/** Of fewer rows such things come about by chance. */
const fewest = 20

/** @returns sentences, none for inputs as they should be */
export function inputSlips({ columns, rows, labels, label, odd }: Table): string[] {
  const first = odd
    ?.slice(0, 5)
    .map((name) => showValue(name))
    .join(', ')
  const spelled = columns.flatMap(({ name, values }) =>
    alike([...(values?.keys() ?? [])]).map(({ same, isNumber }) => {
      const values = same.map((value) => showValue(value)).join(', ')
      const what = isNumber ? 'are the same number' : 'differ only in how they are written'
      return `column ${showValue(name)}: ${values} ${what}, and are ${same.length} values`
    }),
  )
  const row = first === undefined ? [] : [`its columns are named ${first}; if that is a row, say "header": false`]
  if (rows.length < fewest) return [...row, ...spelled]
  const classes = new Set(labels).size
  const ofColumns = columns.flatMap((column, at) => {
    const shown = `column ${showValue(column.name)}${column.name === '' ? ' without a name' : ''}`
    const values = (row: number) => rows[row]![at] as number
    const numbering = numberingOf(column, rows.length, values)
    if (numbering !== null) return [`${shown} ${numbering}; "ignore": [${showValue(column.name)}] leaves it out`]
    const given = givenAway(column, labels, classes, values)
    if (given === null) return []
    return [`${shown} gives the class away: ${given}, each with one value of ${showValue(label)}`]
  })
  const together = ofColumns.length > 0 ? [] : givenTogether(columns, rows, labels, classes)
  return [...row, ...spelled, ...ofColumns, ...together]
}

type Values = (row: number) => number

/** As R, pandas, data bases and competitions name what numbers rows: not "acid". */
const namesOfNumbers = [
  /^(|unnamed(: ?\d+)?|index|idx|id|.*[ _.-]id|row[ _.-]?(id|nr|no|num|number|names?)?|nr\.?|no\.?|#)$/i,
  /[a-z](Id|ID)$/,
]

function numberingOf({ name, values: words }: Column, rows: number, values: Values): string | null {
  if (words !== null) return words.size === rows ? 'has another value in each row' : null
  const first = values(0)
  let isCounting = first === 0 || first === 1
  for (let row = 1; isCounting && row < rows; row++) isCounting = values(row) === first + row
  if (isCounting) return `numbers the rows from ${first} to ${first + rows - 1}`
  if (!namesOfNumbers.some((usual) => usual.test(name))) return null
  const seen = new Set<number>()
  for (let row = 0; row < rows; row++) {
    const value = values(row)
    if (!Number.isInteger(value) || seen.has(value)) return null
    seen.add(value)
  }
  return 'has another whole number in each row'
}

/** Whether each value stands with one class only, and has several rows; of numbers, whether there are as many as classes. */
function givenAway({ values: words }: Column, labels: string[], classes: number, values: Values): string | null {
  const of = new Map<number, string>()
  for (const [row, label] of labels.entries()) {
    const value = values(row)
    // A missing value tells nothing.
    if (Number.isNaN(value)) continue
    const known = of.get(value)
    if (known === undefined) of.set(value, label)
    else if (known !== label) return null
    // Most columns have far more numbers than there are classes.
    if (words === null && of.size > classes) return null
  }
  const isTold = of.size <= labels.length / 3 && (words !== null || of.size === classes)
  if (!isTold || new Set(of.values()).size !== classes) return null
  return `${of.size} values`
}

/** Whether several columns of numbers that have one value in each class tell all classes apart: the class in ones and zeros. */
function givenTogether(columns: Column[], rows: Table['rows'], labels: string[], classes: number): string[] {
  const telling = [...columns.keys()].flatMap((at) => {
    if (columns[at]!.values !== null) return []
    const of = new Map<string, number>()
    for (const [row, label] of labels.entries()) {
      const value = rows[row]![at] as number
      const known = of.get(label)
      if (known === undefined) of.set(label, value)
      else if (known !== value) return []
    }
    return new Set(of.values()).size > 1 ? [{ at, of }] : []
  })
  const told = new Set([...new Set(labels)].map((label) => telling.map(({ of }) => of.get(label)).join(' ')))
  if (labels.length < 3 * classes || told.size < classes || telling.length < 2) return []
  const names = telling.slice(0, 5).map(({ at }) => showValue(columns[at]!.name))
  const more = telling.length > names.length ? ` and ${telling.length - names.length} more` : ''
  return [`columns ${names.join(', ')}${more} together give the class away: each has one value in each class`]
}
