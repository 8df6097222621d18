// Biases that make mean probabilities the class priors, next to values by hand, a bisection, and a softmax written out.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { biasCorrection } from '../../orchestrator/src/trial/biasCorrection.ts'

/** Mean probabilities of logits [samples][classes], biases added. */
function meanProbabilities(rows: number[][], bias: ArrayLike<number>): number[] {
  const shares = rows.map((row) => {
    const shifted = row.map((value, of) => value + bias[of]!)
    const largest = Math.max(...shifted)
    const terms = shifted.map((value) => Math.exp(value - largest))
    const sum = terms.reduce((total, term) => total + term, 0)
    return terms.map((term) => term / sum)
  })
  return rows[0]!.map((_, of) => shares.reduce((total, share) => total + share[of]!, 0) / rows.length)
}

const correction = (rows: number[][], priors: [number, number][]) =>
  biasCorrection(Float32Array.from(rows.flat()), rows[0]!.length, new Map(priors))

describe('a bias by the class prior', () => {
  it('is log of the odds of the prior to those of the only sample', () => {
    // softmax(0, 0, 0 + b): e^b / (2 + e^b) = 0.8 where e^b = 8.
    expect(correction([[0, 0, 0]], [[2, 0.8]])[2]).toBeCloseTo(Math.log(8), 9)
    // Two of them: e^b / (1 + 2 e^b) = 0.25 for both where e^b = 0.5.
    const two = correction(
      [[1, 1, 1]],
      [
        [0, 0.25],
        [2, 0.25],
      ],
    )
    expect(two[0]).toBeCloseTo(Math.log(0.5), 9)
    expect(two[1]).toBe(0)
    expect(two[2]).toBeCloseTo(Math.log(0.5), 9)
  })

  it('is what a bisection finds', () => {
    const rows = [
      [2, -1, -7],
      [-3, 4, -6],
      [0.5, 0.25, -1],
      [1, 3, -2],
    ]
    let [low, high] = [-100, 100]
    while (high - low > 1e-12) {
      const middle = (low + high) / 2
      if (meanProbabilities(rows, [0, 0, middle])[2]! < 0.25) low = middle
      else high = middle
    }
    expect(correction(rows, [[2, 0.25]])[2]).toBeCloseTo(low, 7)
  })

  const cases = fc.integer({ min: 2, max: 7 }).chain((classes) =>
    fc.record({
      rows: fc.array(fc.array(fc.integer({ min: -4000, max: 4000 }), { minLength: classes, maxLength: classes }), {
        minLength: 1,
        maxLength: 30,
      }),
      scale: fc.constantFrom(0.001, 0.005, 0.05),
      omitted: fc.subarray([...Array(classes).keys()], { minLength: 1, maxLength: classes - 1 }),
      shares: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: classes, maxLength: classes }),
    }),
  )

  it('makes every mean the prior and leaves the other classes alone', () => {
    fc.assert(
      fc.property(cases, ({ rows, scale, omitted, shares }) => {
        const logits = rows.map((row) => row.map((value) => Math.fround(value * scale)))
        const total = shares.reduce((sum, share) => sum + share, 0)
        const bias = correction(
          logits,
          omitted.map((of) => [of, shares[of]! / total]),
        )
        const means = meanProbabilities(logits, bias)
        for (const of of omitted) expect(means[of]).toBeCloseTo(shares[of]! / total, 8)
        for (const [of, value] of bias.entries()) if (!omitted.includes(of)) expect(value).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it('is nothing where the means are the priors already', () => {
    fc.assert(
      fc.property(cases, ({ rows, omitted }) => {
        const logits = rows.map((row) => row.map((value) => Math.fround(value * 0.001)))
        const means = meanProbabilities(logits, new Float64Array(rows[0]!.length))
        const bias = correction(
          logits,
          omitted.map((of) => [of, means[of]!]),
        )
        for (const value of bias) expect(Math.abs(value)).toBeLessThan(1e-6)
      }),
    )
  })

  it('grows with the prior', () => {
    const rows = [
      [3, 0, -5],
      [0, 2, -4],
    ]
    const biases = [0.01, 0.1, 0.5, 0.9].map((prior) => correction(rows, [[2, prior]])[2]!)
    expect(biases).toEqual(biases.toSorted((a, b) => a - b))
    expect(new Set(biases).size).toBe(4)
  })
})
