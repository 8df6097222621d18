import fc from 'fast-check'
import { expect, it } from 'vitest'
import { permutation, stream, xoshiro128 } from '../../orchestrator/src/data/random.ts'

const take = (count: number, next: () => number) => Array.from({ length: count }, next)

it('is xoshiro128**', () => {
  // From the reference implementation (https://prng.di.unimi.it/xoshiro128starstar.c) with s = {1, 2, 3, 4}.
  expect(take(4, xoshiro128([1, 2, 3, 4]))).toEqual([11520, 0, 5927040, 70819200])
})

it('gives the same numbers for the same key and others for any other key', () => {
  expect(take(8, stream('shuffle', 1, 2))).toEqual(take(8, stream('shuffle', 1, 2)))
  const keys = [
    ['shuffle', 1, 2],
    ['shuffle', 2, 1],
    ['shuffle', 12],
    ['split', 1, 2],
    ['shuffle', 1, '2'],
  ] as const
  expect(new Set(keys.map((key) => take(4, stream(...key)).join())).size).toBe(keys.length)
})

it('is pinned, since a resumed trial must draw what the first attempt drew', () => {
  expect(take(3, stream('shuffle', 0, 1))).toMatchInlineSnapshot(`
    [
      2211794750,
      1797421614,
      1652855178,
    ]
  `)
})

it('permutes: every item once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.nat(), (length, seed) => {
      const sorted = [...permutation(length, stream('test', seed))].sort((one, other) => one - other)
      expect(sorted).toEqual(Array.from({ length }, (_, index) => index))
    }),
  )
})

it('permutes evenly', () => {
  const counts = new Map<string, number>()
  for (let draw = 0; draw < 6000; draw++) {
    const order = permutation(3, stream('even', draw)).join('')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  // Six orders, 1000 each expected; chi-squared with 5 degrees of freedom stays below 20.5 with probability 0.999.
  const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
  expect(counts.size).toBe(6)
  expect(chiSquared).toBeLessThan(20.5)
})
