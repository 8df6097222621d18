// Numbers of half the size, IEEE 754 binary16, in which large tables of logits are stored. Written out, since the
// library for them took 1.5 microseconds a number, longer than it takes to compute a logit.

/** The largest number that a half can hold. */
export const largestHalf = 65504

const infinite = 0x7c00

/**
 * The bits of halves, of the same sign, that are nearest to the logits; of two as near the even one. One below them all
 * is that of a class that is masked, at -1e9 or whatever stands for -Infinity, which a half can hold.
 * @throws Error where one is above them all, or no number
 */
export function toHalves(numbers: Float32Array): Uint16Array {
  const halves = new Uint16Array(numbers.length)
  const one = new Float32Array(1)
  const bits = new Uint32Array(one.buffer)
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at] as number
    one[0] = Math.abs(number)
    const sign = number < 0 || Object.is(number, -0) ? 0x8000 : 0
    if (!(number <= largestHalf)) {
      throw new Error(`expected numbers of at most ${largestHalf}, which a half of their size can hold, got ${number}`)
    }
    let half: number
    if (number < -largestHalf) half = infinite
    else if ((bits[0] as number) < 0x38800000) {
      // Below 2^-14 halves are multiples of 2^-24, which are what float32 can tell apart from 0.5 on.
      one[0] = (one[0] as number) + 0.5
      half = (bits[0] as number) - 0x3f000000
    } else {
      // 13 bits of the fraction go, the exponent's bias falls from 127 to 15.
      const even = ((bits[0] as number) >>> 13) & 1
      half = ((bits[0] as number) + 0xfff + even - 0x38000000) >>> 13
    }
    halves[at] = sign | half
  }
  return halves
}

/** The number of every half, by its bits. */
const values = Float32Array.from({ length: 2 ** 16 }, (_, bits) => {
  const [sign, exponent, fraction] = [bits >>> 15 ? -1 : 1, (bits >>> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
})

/** Numbers as they are, or as halves. */
export type Table = Float32Array | Uint16Array

/** @param out as long */
export function fromHalves(halves: Uint16Array, out: Float32Array): void {
  for (let at = 0; at < halves.length; at++) out[at] = values[halves[at] as number] as number
}

/** The numbers of a table as float32. */
export function wholeOf(table: Table): Float32Array {
  if (table instanceof Float32Array) return table
  const numbers = new Float32Array(table.length)
  fromHalves(table, numbers)
  return numbers
}
