// Which names are most likely one and the same, written in several ways.

export interface Alike {
  same: string[]
  /** Whether they are numbers, such as `1` and `1.0`. */
  isNumber: boolean
}

export const isNumber = (name: string): boolean => name.trim() !== '' && Number.isFinite(Number(name))

/** Groups of several names that are one number, or differ only in how they are written. */
export function alike(names: string[]): Alike[] {
  const isAnswer = names.every((name) => name.length !== 1 || /[ynmft]/i.test(name))
  const keyOf = (name: string) => (isNumber(plain(name)) ? String(Number(plain(name))) : spelling(name, isAnswer))
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const key = keyOf(name)
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  return [...groups.values()]
    .filter(({ length }) => length > 1)
    .map((same) => ({ same, isNumber: same.every(isNumber) }))
    .sort((one, other) => Number(other.isNumber) - Number(one.isNumber))
}

/** Without what cannot be seen (a zero-width space, a soft hyphen), and digits and letters of full width as usual ones. */
const plain = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cf}\p{Cc}]/gu, '')
    .trim()

/**
 * Dashes and underscores between words are as good as spaces, and quotes around a name, or a full stop behind it, are
 * none of it. Letters can be classes: "a" is another one than "A", unless they say yes and no, or male and female.
 */
function spelling(name: string, isAnswer: boolean): string {
  const written = plain(name)
    .replace(/[‘’`´]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/(?<=[\p{L}\p{N}])[\s_\p{Pd}]+(?=[\p{L}\p{N}])/gu, ' ')
    .replace(/^(['"])(.+)\1$/, '$2')
    .replace(/(?<=..)[.,;:]+$/, '')
  return written.length > 1 || isAnswer ? written.toLowerCase() : written
}
