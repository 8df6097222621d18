// Classes that are known by names: which there are, and the labels that stand for them.
import { DatasetProblem } from './data.ts'

/** In order: as numbers where all are numbers, so that 10 comes after 9. */
export function classNamesOf(labels: Iterable<string>): string[] {
  const names = [...new Set(labels)]
  const numbers = names.every((name) => Number.isFinite(Number(name)))
  return names.sort((one, other) => (numbers ? Number(one) - Number(other) : one < other ? -1 : 1))
}

/**
 * @param place where a sample's class stands, for the message
 * @throws DatasetProblem at `test` for a class that the training file does not have
 */
export function numbered(names: string[], classNames: string[], place: (sample: number) => string): Int32Array {
  const numbers = new Map(classNames.map((name, number) => [name, number]))
  return Int32Array.from(names, (name, sample) => {
    const number = numbers.get(name)
    if (number !== undefined) return number
    const expected = 'a class that the training file has'
    throw new DatasetProblem(`${place(sample)}: expected ${expected}, got ${JSON.stringify(name)}`, ['test'])
  })
}
