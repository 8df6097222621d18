// On which classes of the test split a trial is right more often than its baseline. Counts, no test of significance:
// with a hundred samples of a class a change of a point is chance.
import type { PerClass } from '../metrics.ts'

export interface ClassChanges {
  /** How many classes have more right answers than with the baseline, fewer, and as many. */
  helped: number
  hurt: number
  same: number
  /** Of each class: accuracy minus the baseline's, over all pairs together; null for a class without samples. */
  changes: (number | null)[]
}

type Counts = Pick<PerClass, 'correct' | 'samples'>

export interface ClassPair {
  own: Counts
  baseline: Counts
}

/** @param pairs of trials with the same seed, on the same test split; null where there are none */
export function classChanges(pairs: readonly ClassPair[]): ClassChanges | null {
  const [first] = pairs
  if (first === undefined) return null
  const changes = first.own.samples.map((_, index) => {
    const total = (counts: (pair: ClassPair) => number[]) =>
      pairs.reduce((sum, pair) => sum + (counts(pair)[index] ?? 0), 0)
    const samples = total(({ own }) => own.samples)
    return samples === 0
      ? null
      : (total(({ own }) => own.correct) - total(({ baseline }) => baseline.correct)) / samples
  })
  const count = (sign: number) => changes.filter((change) => change !== null && Math.sign(change) === sign).length
  return { helped: count(1), hurt: count(-1), same: count(0), changes }
}
