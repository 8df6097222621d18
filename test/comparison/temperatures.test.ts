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

  it('takes the mean over the temperatures of each side', () => {
    const spread = (by: number) => first.map((value) => value + by)
    const { difference, p } = rangeAgainstOthers(
      [
        at(
          2,
          second.map((value) => value + 3),
        ),
        at(
          3,
          second.map((value) => value - 3),
        ),
      ],
      [at(1, spread(1)), at(8, spread(-2)), at(20, spread(1))],
    )
    expect(difference!.mean).toBeCloseTo(1.58, 10)
    expect(p).toBeCloseTo(0.002833, 6)
  })

  it('leaves out seeds that are not done everywhere, and says where there are too few', () => {
    const known = rangeAgainstOthers([at(3, [1, 2, 3])], [at(8, [0, null, 1])])
    expect(known.difference).toMatchObject({ n: 2, mean: 1.5 })
    const one = rangeAgainstOthers([at(3, [0.9])], [at(8, [0.8])])
    expect(one).toMatchObject({ p: null, verdict: 'too few seeds' })
    expect(rangeAgainstOthers([at(3, [0.9, 0.8])], [])).toEqual({ difference: null, p: null, verdict: 'too few seeds' })
  })

  it('has the other sign when sides are exchanged', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(values, { minLength: 2, maxLength: 5 }), fc.nat(3), (all, cut) => {
        const points = all.map((each, place) => at(place + 1, each))
        const [one, other] = [points.slice(0, 1 + (cut % (all.length - 1))), points.slice(1 + (cut % (all.length - 1)))]
        const [there, back] = [rangeAgainstOthers(one, other), rangeAgainstOthers(other, one)]
        expect(back.difference!.mean).toBeCloseTo(-there.difference!.mean, 9)
        expect(back.p).toBeCloseTo(there.p!, 9)
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
