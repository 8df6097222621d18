// What divides the fields of a table where nobody says it.
import { fieldsOf } from './records.ts'

const usual = [',', ';', '\t', '|', ' ']

interface Told {
  path: string
  /** In the first line a column of this name, or as many columns that it has this number. */
  label: string | number
  header: boolean
  decimal: string
}

/** The first that divides the first line such that the label is one of its columns; else the one that divides it at all. */
export function delimiterOf(line: string, { path, label, header, decimal }: Told): string {
  const first = /\.(tsv|tab)(\.gz)?$/i.test(path) ? '\t' : decimal === ',' ? ';' : ','
  // A comma inside of numbers divides rows without a header as well as any.
  const last = decimal === ',' ? [','] : []
  const candidates = [first, ...usual.filter((each) => each !== first && !last.includes(each)), ...last]
  const columns = (delimiter: string) => fieldsOf(line, delimiter)
  const holdsLabel = (names: string[]) =>
    typeof label === 'string' && header ? names.some((name) => isNamed(name, label)) : names.length > Number(label)
  const fitting = candidates.find((each) => columns(each).length > 1 && holdsLabel(columns(each)))
  return fitting ?? candidates.find((each) => columns(each).length > 1) ?? first
}

/** Accents may be characters of their own, as some systems write them. */
export const isNamed = (column: string, name: string): boolean => column.trim().normalize() === name.trim().normalize()
