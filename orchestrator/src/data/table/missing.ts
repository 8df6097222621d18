// How missing values are written.
import type { Csv } from './settings.ts'

/** As spreadsheets, R, pandas, SQL, Weka and people write them. */
const words = ['', 'NA', 'N/A', 'n/a', '#N/A', '<NA>', 'NaN', 'nan', '-nan', 'NULL', 'null', '\\N', 'None', '?']

/** These may be values among words: there are classes "+" and "-". */
const marksAmongNumbers = ['-', '--', '.']

/** As fewer programs write them, or as formulas that failed: told of among classes, and in columns of numbers refused. */
const rare = ['#NA', 'NaT', 'nil', '(null)', '<null>', 'n.a.', 'inf', '-inf', '1.#QNAN', '-1.#IND']
const failed = ['#DIV/0!', '#VALUE!', '#REF!', '#NULL!', '#NUM!', '#NAME?']

export interface Missing {
  /** In a column of numbers, of what is no number. */
  isAmongNumbers(text: string): boolean
  /** Numbers that stand for what is missing. */
  numbers: Set<number>
  /** In a one-hot column; null where it is a value as any other. */
  amongWords: Set<string> | null
  /** In the label. */
  amongClasses: Set<string>
}

export function missingOf({ missing, missingValues }: Pick<Csv, 'missing' | 'missingValues'>): Missing {
  const listed = missingValues === 'auto' ? words : missingValues.map((value) => value.trim())
  const numbers =
    missingValues === 'auto' ? [] : listed.filter((value) => value !== '' && Number.isFinite(Number(value)))
  const isStated = missing !== 'auto' || missingValues !== 'auto'
  // Among numbers a word is no value in any spelling, unless people say which they mean.
  const isAuto = missingValues === 'auto'
  const amongNumbers = new Set(isAuto ? [...words, ...marksAmongNumbers].map((word) => word.toLowerCase()) : listed)
  return {
    isAmongNumbers: (text) => amongNumbers.has(isAuto ? text.trim().toLowerCase() : text.trim()),
    numbers: new Set(numbers.map(Number)),
    amongWords: missing === 'auto' || missing === 'error' ? null : new Set(listed),
    // Where nobody says how missing values are written, a class may have such a name; it is warned of.
    amongClasses: new Set(isStated ? listed : ['']),
  }
}

/**
 * Names of classes that most likely have none, in any case, and numbers such as -999 beside those from 0 on. "None" and
 * the marks among numbers are often meant, beside words.
 */
export function missingAmong(classNames: string[]): string[] {
  const numbers = classNames.filter((name) => !isFill(name) && Number.isFinite(Number(name)))
  const named = classNames.filter((name) => !missingNames.has(name.toLowerCase()))
  const plain = named.length > 0 && named.every((name) => Number.isFinite(Number(name)) || /^(true|false)$/i.test(name))
  const meant = plain ? [] : ['none', ...marksAmongNumbers]
  const hasFill = numbers.length > 1 && numbers.every((name) => Number(name) >= 0)
  return classNames.filter((name) => {
    const written = name.toLowerCase()
    return (missingNames.has(written) && !meant.includes(written)) || (hasFill && isFill(name))
  })
}

/** Whether `"missing": "drop"` takes each for missing without more ado. */
export const areUsual = (names: string[]): boolean => names.every((name) => words.includes(name))

const isFill = (name: string): boolean => /^-9+(\.0*)?$/.test(name)

const missingNames = new Set([...words, ...marksAmongNumbers, ...rare, ...failed].map((word) => word.toLowerCase()))
