// The Pareto front, and the choice made from it.

import { type Candidate, choose, paretoFront } from '@retort/schema/comparison/front'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const candidates = fc.array(
  fc.record({ size: fc.integer({ min: 1, max: 20 }), accuracy: fc.integer({ min: 0, max: 20 }).map((n) => n / 20) }),
)
const beats = (a: Candidate, b: Candidate) =>
  a.size <= b.size && a.accuracy >= b.accuracy && (a.size < b.size || a.accuracy > b.accuracy)

describe('the Pareto front', () => {
  it('holds exactly one of each size and accuracy that no other candidate beats', () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const unbeaten = all.filter((each) => !all.some((other) => beats(other, each)))
        const key = ({ size, accuracy }: Candidate) => `${size} ${accuracy}`
        const front = paretoFront(all).map(key)
        expect(new Set(front)).toEqual(new Set(unbeaten.map(key)))
        expect(new Set(front).size).toBe(front.length)
      }),
    )
  })

  it('rises from small to large and leaves its input alone', () => {
    const all = [
      { size: 100, accuracy: 0.97 },
      { size: 10, accuracy: 0.95 },
      { size: 50, accuracy: 0.94 },
      { size: 100, accuracy: 0.98 },
    ]
    const before = structuredClone(all)
    expect(paretoFront(all)).toEqual([all[1], all[3]])
    expect(all).toEqual(before)
  })
})

describe('the choice', () => {
  const small = { size: 10, accuracy: 0.95 }
  const middle = { size: 20, accuracy: 0.985 }
  const large = { size: 90, accuracy: 0.99 }

  it('is the most accurate, and the smallest that is close enough to it', () => {
    expect(choose([large, small, middle], 0.01)).toEqual({ best: large, smallest: middle })
    expect(choose([large, small, middle], 0.05)).toEqual({ best: large, smallest: small })
    expect(choose([large, small, middle], 0.001)).toEqual({ best: large, smallest: large })
  })

  it('counts a difference of exactly the tolerance as close enough', () => {
    expect(choose([large, middle], 0.005)?.smallest).toBe(middle)
  })

  it('prefers the smaller of two that are equally accurate', () => {
    expect(choose([large, { size: 89, accuracy: 0.99 }], 0)?.best.size).toBe(89)
  })

  it('is none without candidates', () => {
    expect(choose([], 0.01)).toBeNull()
  })
})
