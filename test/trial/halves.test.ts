// Halves: values of the standard, and that none is nearer.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromHalves, toHalves } from '../../orchestrator/src/trial/halves.ts'

const numberOf = (bits: number): number => {
  const out = new Float32Array(1)
  fromHalves(Uint16Array.of(bits), out)
  return out[0]!
}
const bitsOf = (number: number): number => toHalves(Float32Array.of(number))[0]!

// Of IEEE 754's binary16.
it.each([
  [0x0000, 0],
  [0x8000, -0],
  [0x3c00, 1],
  [0xc000, -2],
  [0x3555, 0.333251953125],
  [0x7bff, 65504],
  [0x0400, 2 ** -14],
  [0x03ff, 2 ** -14 - 2 ** -24],
  [0x8001, -(2 ** -24)],
])('%i is %d', (bits, number) => {
  expect(numberOf(bits)).toBe(number)
  expect(bitsOf(number)).toBe(bits)
})

it('of all bits but those of infinities and of no numbers come back as they were', () => {
  const finite = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter((bits) => ((bits >>> 10) & 31) < 31)
  const numbers = new Float32Array(finite.length)
  fromHalves(finite, numbers)
  expect(toHalves(numbers)).toEqual(finite)
})

it('are the nearest, the even ones in the middle', () => {
  const small = fc.float({ min: Math.fround(-(2 ** -12)), max: Math.fround(2 ** -12), noNaN: true })
  fc.assert(
    fc.property(fc.oneof(fc.float({ min: -65504, max: 65504, noNaN: true }), small), (number) => {
      const bits = bitsOf(number)
      const error = Math.abs(numberOf(bits) - number)
      const sign = bits & 0x8000
      for (const other of [bits - 1, bits + 1]) {
        if ((other & 0x8000) !== sign || other > 0xffff || other < 0 || ((other >>> 10) & 31) === 31) continue
        const theirs = Math.abs(numberOf(other) - number)
        expect(error).toBeLessThanOrEqual(theirs)
        if (error === theirs) expect(bits & 1).toBe(0)
      }
    }),
    { numRuns: 2000 },
  )
})

it.each([-65505, -1e9, -3.4028234663852886e38, Number.NEGATIVE_INFINITY])('%d is that of a masked class', (number) => {
  expect(numberOf(bitsOf(number))).toBe(Number.NEGATIVE_INFINITY)
})

it.each([65505, 1e30, Number.NaN, Number.POSITIVE_INFINITY])('%d is refused', (number) => {
  expect(() => toHalves(Float32Array.of(1, number))).toThrow(`got ${Math.fround(number)}`)
})
