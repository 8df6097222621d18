// What luck alone gives: how likely so many right answers are where each is right by chance.

/**
 * Probability that of n answers, each of them right with probability p, at least k are.
 * Exact: the binomial distribution's terms, each from the one before, in logarithms.
 */
export function atLeast(k: number, n: number, p: number): number {
  if (k <= 0) return 1
  if (p <= 0) return 0
  if (p >= 1) return 1
  const odds = Math.log(p) - Math.log1p(-p)
  let term = n * Math.log1p(-p)
  let sum = 0
  for (let i = 0; i < n; i++) {
    term += Math.log((n - i) / (i + 1)) + odds
    if (i + 1 >= k) sum += Math.exp(term)
  }
  return Math.min(1, sum)
}

/** Probability that at most k are. */
export const atMost = (k: number, n: number, p: number): number => 1 - atLeast(k + 1, n, p)
