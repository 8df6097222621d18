// What is odd about classes that are known by names: most likely a slip of whoever made the file.
import { showValue } from '../errors/problem.ts'
import { missingAmong } from './table/missing.ts'

/** Of a file's samples. */
export interface Labels {
  /** Where they stand, for messages, such as `column "class"`. */
  where: string
  classNames: string[]
  /** The class of each sample. */
  names: string[]
  /** The classes of those that are trained on. */
  trained: Iterable<string>
  /** What leaves out samples without a class, where anything does. */
  remedy?: string
}

/** @returns sentences, none for labels as they should be */
export function labelSlips({ where, classNames, names, trained, remedy }: Labels): string[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  const said = (problem: string) => `${where}: ${problem}`
  const shown = (list: string[]) =>
    [
      ...list.slice(0, told).map((name) => `${showValue(name)} (${counts.get(name) ?? 0})`),
      ...(list.length > told ? [`${list.length - told} more`] : []),
    ].join(', ')
  const found: string[] = []

  const target = targetOf(classNames, names.length)
  if (target !== null) found.push(said(`${target}; such as ${shown(classNames)}`))

  for (const same of alike(classNames.filter(isNumber), (name) => String(Number(name)))) {
    found.push(said(`${shown(same)} are the same number, and ${same.length} classes`))
  }
  for (const same of alike(
    classNames.filter((name) => !isNumber(name)),
    spelling,
  )) {
    found.push(said(`${shown(same)} differ only in how they are written, and are ${same.length} classes`))
  }
  const missing = missingAmong(classNames)
  if (missing.length > 0) {
    const advice = remedy === undefined ? '' : `; ${remedy} leaves such out`
    found.push(said(`${shown(missing)} is how missing values are written, and a class here${advice}`))
  }
  const broken = classNames.filter((name) => name.includes('\uFFFD'))
  if (broken.length > 0) {
    found.push(
      said(
        `${shown(broken)} is written with U+FFFD, which stands where a character was lost; it may be several classes`,
      ),
    )
  }
  if (target !== null) return found
  const single = classNames.filter((name) => counts.get(name) === 1)
  if (single.length > 0) found.push(said(`there is one sample each of ${shown(single)}`))
  const seen = new Set(trained)
  const absent = classNames.filter((name) => !seen.has(name) && !single.includes(name))
  if (absent.length > 0) found.push(said(`none of the training split is of ${shown(absent)}`))
  return found
}

/** So many names are told. */
const told = 5

const isNumber = (name: string) => name.trim() !== '' && Number.isFinite(Number(name))

/** What says that labels are no classes, null where they may be some. */
function targetOf(classNames: string[], samples: number): string | null {
  const each = samples / classNames.length
  const numbers = classNames.every(isNumber)
  const isFractional = numbers && classNames.some((name) => !Number.isInteger(Number(name)))
  // Ratings go by halves, faces and letters have few samples of each class.
  if (numbers && ((classNames.length >= 8 && isFractional && each < 20) || (classNames.length >= 15 && each < 5))) {
    return `${classNames.length} different numbers in ${samples} samples seem to be a quantity, not classes`
  }
  if (!numbers && classNames.length >= 15 && each < 1.5) {
    return `${classNames.length} different values in ${samples} samples seem to be names of samples, not classes`
  }
  return null
}

/** Groups of several names that have the same key. */
function alike(names: string[], key: (name: string) => string): string[][] {
  const groups = new Map<string, string[]>()
  for (const name of names) groups.set(key(name), [...(groups.get(key(name)) ?? []), name])
  return [...groups.values()].filter(({ length }) => length > 1)
}

/** Letters can be classes: "a" is another one than "A". */
function spelling(name: string): string {
  const plain = name.normalize('NFKC').replace(/\s+/g, ' ').trim()
  return plain.length > 1 ? plain.toLowerCase() : plain
}
