// What is odd about the inputs of a table: columns that number its rows, or that give the class away.
import type { Column } from './columns.ts'
import type { Table } from './readTable.ts'

/** Of fewer rows such things come about by chance. */
const fewest = 20

/** @returns sentences, none for inputs as they should be */
export function inputSlips({ columns, rows, labels, label }: Table): string[] {
  if (rows.length < fewest) return []
  const classes = new Set(labels).size
  return columns.flatMap((column, at) => {
    const shown = `column ${JSON.stringify(column.name)}${column.name === '' ? ' without a name' : ''}`
    const values = (row: number) => rows[row]![at] as number
    const numbering = numberingOf(column, rows.length, values)
    if (numbering !== null) return [`${shown} ${numbering}; "ignore": [${JSON.stringify(column.name)}] leaves it out`]
    const given = givenAway(column, labels, classes, values)
    if (given === null) return []
    return [`${shown} gives the class away: ${given}, each with one value of ${JSON.stringify(label)}`]
  })
}

type Values = (row: number) => number

/** As R, pandas and data bases name what numbers rows. */
const namesOfNumbers =
  /^(|unnamed(: ?\d+)?|index|idx|id|.*[ _.-]id|row[ _.-]?(id|nr|no|num|number|names?)?|nr\.?|no\.?|#)$/i

function numberingOf({ name, values: words }: Column, rows: number, values: Values): string | null {
  if (words !== null) return words.size === rows ? 'has another value in each row' : null
  const first = values(0)
  let isCounting = first === 0 || first === 1
  for (let row = 1; isCounting && row < rows; row++) isCounting = values(row) === first + row
  if (isCounting) return `numbers the rows from ${first} to ${first + rows - 1}`
  if (!namesOfNumbers.test(name)) return null
  const seen = new Set<number>()
  for (let row = 0; row < rows; row++) {
    const value = values(row)
    if (!Number.isInteger(value) || seen.has(value)) return null
    seen.add(value)
  }
  return 'has another whole number in each row'
}

/** Whether each value stands with one class only: words of which each has several rows, or as many numbers as there are classes. */
function givenAway({ values: words }: Column, labels: string[], classes: number, values: Values): string | null {
  const of = new Map<number, string>()
  for (const [row, label] of labels.entries()) {
    const value = values(row)
    const known = of.get(value)
    if (known === undefined) of.set(value, label)
    else if (known !== label) return null
    // Most columns have far more numbers than there are classes.
    if (words === null && of.size > classes) return null
  }
  const isTold = words === null ? of.size === classes : of.size > 1 && of.size <= labels.length / 3
  if (!isTold || new Set(of.values()).size !== classes) return null
  return `${of.size} values`
}
