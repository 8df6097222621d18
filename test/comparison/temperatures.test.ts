// Ranges of temperatures, next to R's paired t test of Student's sleepers and to sums by hand.
import { rangeAgainstOthers, spreadWithin } from '@retort/schema/comparison/temperatures'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

/** Hours of sleep gained under two drugs by ten patients (R's `sleep`), whose paired t test gives p = 0.002833. */
const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

const at = (temperature: number, values: (number | null)[]) => ({
  temperature,
  points: values.map((testAccuracy, place) => ({ seed: place + 1, testAccuracy })),
})

describe('a range against the others', () => {
  it('is tested by seed, as R does it', () => {
    const { difference, p, verdict } = rangeAgainstOthers([at(3, second)], [at(8, first)])
    expect(difference!.mean).toBeCloseTo(1.58, 10)
    expect(p).toBeCloseTo(0.002833, 6)
    expect(verdict).toBe('better')
    expect(rangeAgainstOthers([at(8, first)], [at(3, second)]).verdict).toBe('worse')
  })

  it('takes the mean over the temperatures inside, and each outside by itself', () => {
    const by = (values: number[], more: number) => values.map((value) => value + more)
    const inside = [at(2, by(second, 3)), at(3, by(second, -3))]
    const both = rangeAgainstOthers(inside, [at(1, by(first, -1)), at(8, first)])
    expect(both).toMatchObject({ rival: 8, verdict: 'better' })
    expect(both.difference!.mean).toBeCloseTo(1.58, 10)
    // The larger p of two: Holm leaves it as it is.
    expect(both.p).toBeCloseTo(0.002833, 6)
    // As far above the one as below the other, which says that it is not the best.
    const between = rangeAgainstOthers([at(3, first)], [at(1, second), at(8, by(first, -5).with(0, -4))])
    expect(between).toMatchObject({ rival: 1, verdict: 'worse' })
    // Far above one that is bad, and not to be told from the other.
    const alike = second.map((value, place) => value + (place % 2 === 0 ? 0.4 : -0.4))
    const mixed = rangeAgainstOthers([at(3, second)], [at(1, alike), at(20, by(first, -9).with(0, -8))])
    expect(mixed).toMatchObject({ rival: 1, verdict: 'no difference shown' })
  })

  it('leaves out seeds that are not done everywhere, and says where there are too few', () => {
    const known = rangeAgainstOthers([at(3, [1, 2, 3])], [at(8, [0, null, 1])])
    expect(known.difference).toMatchObject({ n: 2, mean: 1.5 })
    const one = rangeAgainstOthers([at(3, [0.9])], [at(8, [0.8])])
    expect(one).toMatchObject({ rival: 8, p: null, verdict: 'too few seeds' })
    const nothing = { rival: null, difference: null, p: null, verdict: 'too few seeds' }
    expect(rangeAgainstOthers([at(3, [0.9, 0.8])], [])).toEqual(nothing)
    expect(rangeAgainstOthers([], [at(3, [0.9, 0.8])])).toEqual(nothing)
    // Better than the only one that can be tested is not yet better than all.
    const waiting = rangeAgainstOthers([at(3, second)], [at(8, first), at(20, [null, 0.1])])
    expect(waiting.verdict).toBe('too few seeds')
  })

  it('has the other sign when two sides of one temperature are exchanged', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(values, values, (one, other) => {
        const [there, back] = [
          rangeAgainstOthers([at(1, one)], [at(2, other)]),
          rangeAgainstOthers([at(2, other)], [at(1, one)]),
        ]
        expect(back.difference!.mean).toBeCloseTo(-there.difference!.mean, 9)
        expect(back.p).toBeCloseTo(there.p!, 9)
        const opposite = { better: 'worse', worse: 'better' } as Record<string, string>
        expect(back.verdict).toBe(opposite[there.verdict] ?? there.verdict)
      }),
    )
  })

  it('is never better than the others where it is below one of them', () => {
    const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(values, fc.array(values, { minLength: 1, maxLength: 4 }), (inside, others) => {
        const mean = (all: number[]) => all.reduce((sum, value) => sum + value, 0) / all.length
        const outside = others.map((each, place) => at(place + 10, each))
        const { verdict } = rangeAgainstOthers([at(1, inside)], outside)
        if (others.some((each) => mean(each) >= mean(inside))) expect(verdict).not.toBe('better')
        if (others.every((each) => mean(each) <= mean(inside))) expect(verdict).not.toBe('worse')
      }),
    )
  })
})

describe('temperatures that are alike', () => {
  it('spread from the lowest mean to the highest, and are tested in pairs, corrected for their number', () => {
    const { range, p, verdict } = spreadWithin([at(8, first), at(12, second), at(20, first)])
    expect(range).toBeCloseTo(1.58, 10)
    // Three pairs, of which one is of equals.
    expect(p).toBeCloseTo(3 * 0.002833, 5)
    expect(verdict).toBe('different')
  })

  it('are not shown to differ, or have too few seeds', () => {
    expect(spreadWithin([at(8, [1, 2, 3]), at(12, [2, 1, 3])])).toMatchObject({ verdict: 'no difference shown' })
    expect(spreadWithin([at(8, [1]), at(12, [2])])).toEqual({ range: 1, p: null, verdict: 'too few seeds' })
    expect(spreadWithin([at(8, [1, 2])])).toEqual({ range: null, p: null, verdict: 'too few seeds' })
  })
})
