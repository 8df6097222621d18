// Changes by class, worked out by hand and against what must hold.
import { classChanges } from '@retort/schema/comparison/classes'
import fc from 'fast-check'
import { expect, it } from 'vitest'

const samples = [10, 20, 5, 0]

it('adds up the pairs', () => {
  const pairs = [
    { own: { correct: [9, 10, 5, 0], samples }, baseline: { correct: [8, 12, 5, 0], samples } },
    { own: { correct: [9, 11, 4, 0], samples }, baseline: { correct: [9, 12, 4, 0], samples } },
  ]
  expect(classChanges(pairs)).toEqual({ helped: 1, hurt: 1, same: 1, changes: [1 / 20, -3 / 40, 0, null] })
  expect(classChanges([])).toBeNull()
})

it('turns round with the sides, and weighs up to the change of all', () => {
  const counts = fc.tuple(...samples.map((most) => fc.nat(most)))
  fc.assert(
    fc.property(fc.array(fc.tuple(counts, counts), { minLength: 1, maxLength: 5 }), (rows) => {
      const pairs = rows.map(([own, baseline]) => ({
        own: { correct: own, samples },
        baseline: { correct: baseline, samples },
      }))
      const found = classChanges(pairs)!
      const turned = classChanges(pairs.map(({ own, baseline }) => ({ own: baseline, baseline: own })))!
      expect([turned.helped, turned.hurt, turned.same]).toEqual([found.hurt, found.helped, found.same])
      expect(found.helped + found.hurt + found.same).toBe(3)
      const all = found.changes.reduce<number>((sum, change, index) => sum + (change ?? 0) * samples[index]!, 0)
      const right = (side: 0 | 1) => rows.reduce((sum, row) => sum + row[side].reduce((a, b) => a + b, 0), 0)
      expect(all * rows.length).toBeCloseTo(right(0) - right(1), 9)
    }),
  )
})
