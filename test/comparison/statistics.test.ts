// Student's t against published tables and R's documented examples, and what holds for all numbers.
import { estimate, holm, pairedTest, welchTest } from '@retort/schema/comparison/statistics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { twoSidedNaively } from './naive.ts'

/** Hours of sleep gained under two drugs by ten patients (Cushny and Peebles 1905, in Student 1908; R's `sleep`). */
const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
const gains = second.map((hours, patient) => hours - first[patient]!)

const accuracy = fc.integer({ min: 0, max: 5000 }).map((right) => right / 5000)
const accuracies = (minLength: number) => fc.array(accuracy, { minLength, maxLength: 12 })

describe('estimate', () => {
  // The usual table of t, two-sided 5 %, to its three decimals.
  it.each([
    [2, 12.706],
    [3, 4.303],
    [4, 3.182],
    [5, 2.776],
    [6, 2.571],
    [10, 2.262],
    [11, 2.228],
    [31, 2.042],
    [121, 1.98],
  ])('takes the table’s t for %i values', (n, t) => {
    const values = Array.from({ length: n }, (_, index) => index)
    const { mean, deviation, interval } = estimate(values)
    expect(mean).toBeCloseTo((n - 1) / 2, 12)
    expect(deviation).toBeCloseTo(Math.sqrt((n * (n + 1)) / 12), 10)
    expect((interval![1] - mean) / (deviation! / Math.sqrt(n))).toBeCloseTo(t, 3)
    expect(mean - interval![0]).toBeCloseTo(interval![1] - mean, 10)
  })

  it('gives the interval that R gives for Student’s sleepers', () => {
    const { mean, interval } = estimate(gains)
    expect(mean).toBeCloseTo(1.58, 10)
    expect(interval![0]).toBeCloseTo(0.7001142, 6)
    expect(interval![1]).toBeCloseTo(2.4598858, 6)
  })

  it('has no interval for one value, nor for equal ones', () => {
    expect(estimate([0.5])).toEqual({ n: 1, mean: 0.5, deviation: null, interval: null })
    // 0.3 and 0.1 + 0.2 are no two values.
    expect(estimate([0.3, 0.1 + 0.2])).toMatchObject({ n: 2, deviation: 0, interval: null })
  })

  it('does not depend on the order, to the last bit', () => {
    fc.assert(
      fc.property(accuracies(1), fc.infiniteStream(fc.nat()), (values, keys) => {
        const shuffled = values.map((value) => ({ value, key: keys.next().value! })).sort((a, b) => a.key - b.key)
        expect(estimate(shuffled.map(({ value }) => value))).toEqual(estimate(values))
      }),
    )
  })

  it('contains its mean, and a shift moves it along', () => {
    fc.assert(
      fc.property(accuracies(2), accuracy, (values, by) => {
        const { mean, deviation, interval } = estimate(values)
        const moved = estimate(values.map((value) => value + by))
        expect(moved.mean).toBeCloseTo(mean + by, 10)
        expect(moved.deviation).toBeCloseTo(deviation!, 10)
        expect(moved.interval === null).toBe(interval === null)
        if (interval === null) return
        expect(interval[0]).toBeLessThan(mean)
        expect(interval[1]).toBeGreaterThan(mean)
        expect(moved.interval![0]).toBeCloseTo(interval[0] + by, 9)
      }),
    )
  })
})

describe('tests', () => {
  it('give the p values that R gives for Student’s sleepers', () => {
    expect(pairedTest(second.map((hours, patient) => [hours, first[patient]!] as const))).toEqual({
      p: expect.closeTo(0.002833, 6),
      test: 'paired t',
    })
    expect(welchTest(first, second)).toEqual({ p: expect.closeTo(0.07939, 5), test: 'Welch' })
  })

  it('agree with the integral of t’s density', () => {
    fc.assert(
      fc.property(accuracies(2), (values) => {
        const { n, mean, deviation } = estimate(values)
        if (deviation === 0) return
        const p = twoSidedNaively(mean / (deviation! / Math.sqrt(n)), n - 1)
        expect(pairedTest(values.map((value) => [value, 0] as const))!.p).toBeCloseTo(p, 6)
      }),
    )
  })

  it('take the spread from each side where all differences are equal', () => {
    // By hand: means 0.902 and 0.9, variances 0.0001 / 2 each, so t = 0.002 / √(2 · 0.00005 / 2), with 2 degrees.
    const same = [0.89, 0.91].map((value) => [value + 0.002, value] as const)
    const p = twoSidedNaively(0.002 / Math.sqrt((2 * 0.0002) / 2), 2)
    expect(pairedTest(same)).toEqual({ p: expect.closeTo(p, 6), test: 'Welch' })
    const far = [0.9, 0.901, 0.902].map((value) => [value, value - 0.03] as const)
    expect(pairedTest(far)!.p).toBeLessThan(0.0001)
  })

  it('flip signs where nothing varies', () => {
    const pairs = (n: number, difference: number) => Array.from({ length: n }, () => [0.5 + difference, 0.5] as const)
    expect(pairedTest(pairs(2, 0.002))).toEqual({ p: 0.5, test: 'sign flip' })
    expect(pairedTest(pairs(3, -0.002))).toEqual({ p: 0.25, test: 'sign flip' })
    expect(pairedTest(pairs(3, 0))).toEqual({ p: 1, test: 'sign flip' })
    expect(pairedTest([0.1, 0.2].map((value) => [value, value] as const))).toEqual({ p: 1, test: 'sign flip' })
    // By hand: of the 2^6 ways to give the differences signs, two have a sum as far from 0.
    expect(pairedTest(pairs(6, 0.01))!.p).toBe(2 / 64)
  })

  it('do not exist where nothing tells how much values vary', () => {
    expect(pairedTest([])).toBeNull()
    expect(pairedTest([[0.1, 0.2]])).toBeNull()
    expect(welchTest([0.1], [0.1, 0.2])).toBeNull()
    expect(welchTest([0.1, 0.1], [0.2, 0.2])).toBeNull()
    expect(welchTest([0.1, 0.1], [0.2, 0.3])).not.toBeNull()
  })

  it('are the same from either side', () => {
    fc.assert(
      fc.property(accuracies(2), accuracies(2), (one, other) => {
        expect(welchTest(one, other)).toEqual(welchTest(other, one))
        const pairs = one.flatMap((value, seed) => (seed < other.length ? [[value, other[seed]!] as const] : []))
        expect(pairedTest(pairs.map(([a, b]) => [b, a] as const))?.p).toBeCloseTo(pairedTest(pairs)!.p, 12)
      }),
    )
  })
})

describe('Holm’s correction', () => {
  it('is R’s', () => {
    // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    const [a, b, c, d] = holm([0.01, 0.04, 0.03, 0.005])
    expect([a, b, c, d].map((p) => Number(p!.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02])
    expect(holm([])).toEqual([])
    expect(holm([0.2])).toEqual([0.2])
  })

  it('keeps the order, never lowers, and lies between nothing and Bonferroni', () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(p, { maxLength: 20 }), (ps) => {
        const corrected = holm(ps)
        for (const [place, own] of ps.entries()) {
          expect(corrected[place]).toBeGreaterThanOrEqual(own)
          expect(corrected[place]).toBeLessThanOrEqual(Math.min(1, own * ps.length))
          // By its definition: the largest of what it and all smaller ones are multiplied to.
          const steps = ps
            .filter((other) => other <= own)
            .map((other) => Math.min(1, other * (ps.length - ps.filter((less) => less < other).length)))
          expect(corrected[place]).toBeCloseTo(Math.max(...steps), 12)
          for (const [at, other] of ps.entries()) {
            if (other < own) expect(corrected[at]).toBeLessThanOrEqual(corrected[place]!)
          }
        }
      }),
    )
  })
})
