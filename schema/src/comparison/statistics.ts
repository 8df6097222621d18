// Student's t over a handful of replicates, and Holm's correction. Numbers in, numbers out.
import tCdf from '@stdlib/stats-base-dists-t-cdf'
import tQuantile from '@stdlib/stats-base-dists-t-quantile'

/** Of all intervals. */
export const confidence = 0.95

/** Shares are quotients of counts: what differs by less than this differs by rounding alone. */
const resolution = 1e-12

export interface Estimate {
  n: number
  mean: number
  /** Sample standard deviation, divided by n - 1; null below two values. */
  deviation: number | null
  /**
   * The mean's 95 % confidence interval, mean ± t(0.975, n - 1) · deviation / √n. Null below two values, and where all
   * are equal, since nothing then tells how much they vary.
   */
  interval: [low: number, high: number] | null
}

export interface Test {
  /** Two-sided. */
  p: number
  /** The last two stand in for the first where all differences are equal; Welch also where no seeds are shared. */
  test: 'paired t' | 'Welch' | 'sign flip'
}

/** @param values at least one, in any order */
export function estimate(values: readonly number[]): Estimate {
  const n = values.length
  // Sorted, so that the order of the seeds changes not even the last digit.
  const sorted = values.toSorted((a, b) => a - b)
  const mean = sum(sorted) / n
  if (n < 2) return { n, mean, deviation: null, interval: null }
  const squares = sum(sorted.map((value) => (value - mean) ** 2))
  const deviation = isConstant(sorted) ? 0 : Math.sqrt(squares / (n - 1))
  if (deviation === 0) return { n, mean, deviation, interval: null }
  const half = (quantile(n - 1) * deviation) / Math.sqrt(n)
  return { n, mean, deviation, interval: [mean - half, mean + half] }
}

/**
 * Whether two means are equal, by Student's paired t test. Where all differences are equal its t is infinite and proves
 * nothing, as two runs on a small split differ by the same count by accident: there Welch's test decides, which takes the
 * spread from each side, and where no side varies the exact test that flips signs, with p = 2^(1 - n).
 * @param pairs the values of one seed
 * @returns null below two pairs
 */
export function pairedTest(pairs: readonly (readonly [one: number, other: number])[]): Test | null {
  const { n, mean, deviation } = estimate(pairs.map(([one, other]) => one - other))
  if (deviation === null) return null
  if (deviation > 0) return { p: twoSided(mean / (deviation / Math.sqrt(n)), n - 1), test: 'paired t' }
  if (Math.abs(mean) < resolution) return { p: 1, test: 'sign flip' }
  const [ones, others] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)]
  return welchTest(ones, others) ?? { p: 2 ** (1 - n), test: 'sign flip' }
}

/**
 * Whether two means are equal, by Welch's t test with the degrees of freedom of Welch and Satterthwaite.
 * @returns null where a side has fewer than two values, or neither varies
 */
export function welchTest(one: readonly number[], other: readonly number[]): Test | null {
  const [a, b] = [estimate(one), estimate(other)]
  if (a.deviation === null || b.deviation === null) return null
  const [ofA, ofB] = [a.deviation ** 2 / a.n, b.deviation ** 2 / b.n]
  if (ofA + ofB === 0) return null
  const freedom = (ofA + ofB) ** 2 / (ofA ** 2 / (a.n - 1) + ofB ** 2 / (b.n - 1))
  return { p: twoSided((a.mean - b.mean) / Math.sqrt(ofA + ofB), freedom), test: 'Welch' }
}

/**
 * Holm's step-down correction (Scand. J. Statist. 6, 1979): the chance that any of the null hypotheses that hold is
 * rejected stays below the level at which the returned values are read.
 * @returns corrected p values, in the order given
 */
export function holm(ps: readonly number[]): number[] {
  const corrected = new Array<number>(ps.length)
  let least = 0
  const order = ps.map((_, place) => place).sort((a, b) => ps[a]! - ps[b]!)
  for (const [rank, place] of order.entries()) {
    least = Math.max(least, Math.min(1, (ps.length - rank) * ps[place]!))
    corrected[place] = least
  }
  return corrected
}

/** Inverting t's distribution takes longer than all else, and sweeps have few numbers of seeds. */
const quantiles = new Map<number, number>()

function quantile(freedom: number): number {
  const known = quantiles.get(freedom)
  if (known !== undefined) return known
  const found = tQuantile((1 + confidence) / 2, freedom)
  quantiles.set(freedom, found)
  return found
}

const twoSided = (t: number, freedom: number): number => 2 * tCdf(-Math.abs(t), freedom)
const isConstant = (sorted: readonly number[]): boolean => sorted.at(-1)! - sorted[0]! < resolution
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
