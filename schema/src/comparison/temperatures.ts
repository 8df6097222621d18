// Whether a range of temperatures is better than the others, or its temperatures are alike: by test accuracy, since it
// is held against what others found on a test set. It decides nothing.
import { level, type Point } from './compare.ts'
import { type Estimate, estimate, holm, pairedTest } from './statistics.ts'
import type { Verdict } from './verdicts.ts'

/** A configuration's replicates that are done. */
export interface AtTemperature {
  temperature: number
  points: Pick<Point, 'seed' | 'testAccuracy'>[]
}

export interface RangeCompared {
  /** Mean test accuracy inside minus outside, over the seeds that are done at all temperatures; null without any. */
  difference: Estimate | null
  /** Of a paired t test over the seeds; null below two. */
  p: number | null
  verdict: Verdict
}

/** Each temperature counts alike, inside and outside. */
export function rangeAgainstOthers(inside: AtTemperature[], outside: AtTemperature[]): RangeCompared {
  const pairs =
    inside.length === 0 || outside.length === 0
      ? []
      : commonSeeds([...inside, ...outside]).map((seed) => [meanAt(inside, seed), meanAt(outside, seed)] as const)
  const difference = pairs.length === 0 ? null : estimate(pairs.map(([one, other]) => one - other))
  const p = pairedTest(pairs)?.p ?? null
  return { difference, p, verdict: verdictOf(p, difference?.mean ?? 0) }
}

export interface Spread {
  /** The highest mean test accuracy minus the lowest; null below two temperatures. */
  range: number | null
  /** The least of all pairs of temperatures, by paired t tests, corrected by Holm; null where none could be tested. */
  p: number | null
  /** Never better or worse: `different` where any pair is. */
  verdict: 'different' | 'no difference shown' | 'too few seeds'
}

export function spreadWithin(range: AtTemperature[]): Spread {
  const means = range.flatMap(({ points }) => {
    const known = points.flatMap(({ testAccuracy }) => testAccuracy ?? [])
    return known.length === 0 ? [] : [estimate(known).mean]
  })
  const tests = range.flatMap((one, at) =>
    range.slice(at + 1).flatMap((other) => {
      const pairs = commonSeeds([one, other]).map((seed) => [meanAt([one], seed), meanAt([other], seed)] as const)
      return pairedTest(pairs)?.p ?? []
    }),
  )
  const p = tests.length === 0 ? null : Math.min(...holm(tests))
  return {
    range: means.length < 2 ? null : Math.max(...means) - Math.min(...means),
    p,
    verdict: p === null ? 'too few seeds' : p < level ? 'different' : 'no difference shown',
  }
}

/** Those that are done at each of the temperatures. */
function commonSeeds([first, ...others]: AtTemperature[]): number[] {
  return (first?.points ?? []).flatMap(({ seed, testAccuracy }) =>
    testAccuracy !== null && others.every((other) => accuracyAt(other, seed) !== null) ? [seed] : [],
  )
}

const accuracyAt = ({ points }: AtTemperature, seed: number): number | null =>
  points.find((point) => point.seed === seed)?.testAccuracy ?? null

const meanAt = (all: AtTemperature[], seed: number): number =>
  all.reduce((sum, each) => sum + accuracyAt(each, seed)!, 0) / all.length

function verdictOf(p: number | null, difference: number): Verdict {
  if (p === null) return 'too few seeds'
  if (p >= level) return 'no difference shown'
  return difference > 0 ? 'better' : 'worse'
}
