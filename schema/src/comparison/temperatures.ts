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
  /** The best temperature outside by mean test accuracy; null without one that shares a seed with the range. */
  rival: number | null
  /** Mean test accuracy inside minus the rival's, over the seeds that are done at all of these temperatures. */
  difference: Estimate | null
  /** Of that difference, by a paired t test over the seeds, corrected by Holm for the temperatures outside. */
  p: number | null
  /** `better` than each temperature outside, or `worse` than any. */
  verdict: Verdict
}

/**
 * Each temperature inside counts alike. Each one outside is a comparison of its own: against their mean, a single bad one
 * would make any range the best.
 */
export function rangeAgainstOthers(inside: AtTemperature[], outside: AtTemperature[]): RangeCompared {
  const compared = (inside.length === 0 ? [] : outside).flatMap((other) => {
    const pairs = commonSeeds([...inside, other]).map((seed) => [meanAt(inside, seed), meanAt([other], seed)] as const)
    if (pairs.length === 0) return []
    const difference = estimate(pairs.map(([one, theirs]) => one - theirs))
    return [{ rival: other.temperature, difference, test: pairedTest(pairs) }]
  })
  const rival = compared.toSorted((a, b) => a.difference.mean - b.difference.mean)[0]
  if (rival === undefined) return { rival: null, difference: null, p: null, verdict: 'too few seeds' }
  const tested = compared.flatMap(({ test, ...each }) => (test === null ? [] : [{ ...each, p: test.p }]))
  const corrected = holm(tested.map(({ p }) => p)).map((p, place) => ({ ...tested[place]!, p }))
  return {
    rival: rival.rival,
    difference: rival.difference,
    p: corrected.find((each) => each.rival === rival.rival)?.p ?? null,
    verdict: verdictOf(corrected, outside.length),
  }
}

/** @param all how many temperatures there are outside */
function verdictOf(tested: { difference: Estimate; p: number }[], all: number): Verdict {
  const shown = tested.filter(({ p }) => p < level)
  if (tested.length === 0) return 'too few seeds'
  if (shown.some(({ difference }) => difference.mean < 0)) return 'worse'
  if (shown.length === all) return 'better'
  return tested.length < all ? 'too few seeds' : 'no difference shown'
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
