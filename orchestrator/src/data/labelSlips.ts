// What is odd about classes that are known by names: most likely a slip of whoever made the file.
import { showValue } from '../errors/problem.ts'
import { alike, isNumber } from './spelling.ts'
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
  /** What leaves out samples of these classes, where anything does. */
  remedy?(names: string[]): string
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

  for (const { same, isNumber } of alike(classNames)) {
    const what = isNumber ? 'are the same number, and' : 'differ only in how they are written, and are'
    found.push(said(`${shown(same)} ${what} ${same.length} classes`))
  }
  const truths = classNames.filter((name) => /^(true|false)$/i.test(name))
  if (truths.length > 0 && truths.length < classNames.length && classNames.some(isNumber)) {
    found.push(said(`${shown(classNames)} are numbers beside true and false, and ${classNames.length} classes`))
  }
  const missing = missingAmong(classNames)
  if (missing.length > 0) {
    const advice = remedy === undefined ? '' : `; ${remedy(missing)} leaves such out`
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
