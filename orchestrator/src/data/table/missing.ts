// How missing values are written.
import type { Csv } from './settings.ts'

/** As spreadsheets, R, pandas, SQL, Weka and people write them. */
const words = ['', 'NA', 'N/A', 'n/a', '#N/A', '<NA>', 'NaN', 'nan', '-nan', 'NULL', 'null', '\\N', 'None', '?']

/** These may be values among words: there are classes "+" and "-". */
const marksAmongNumbers = ['-', '--', '.']

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

/** Names of classes that most likely have none. "None" and the marks among numbers are often meant, beside words. */
export function missingAmong(classNames: string[]): string[] {
  const named = classNames.filter((name) => !missingNames.includes(name))
  const plain = named.length > 0 && named.every((name) => Number.isFinite(Number(name)) || /^(true|false)$/i.test(name))
  const meant = plain ? [] : ['None', ...marksAmongNumbers]
  return classNames.filter((name) => missingNames.includes(name) && !meant.includes(name))
}

const missingNames = [...words, ...marksAmongNumbers]
