// Random numbers that depend on nothing but the names of what they are for, so that any part of a trial can be
// redrawn on its own after a restart: no state is carried from one epoch or step to the next.
import { hash } from 'node:crypto'

/** Gives whole numbers, uniform over 0 to 2^32 - 1. */
export type Stream = () => number

/**
 * The stream that belongs to a purpose and its counters, e.g. `stream('shuffle', seed, epoch)`.
 * xoshiro128** (Blackman and Vigna, arXiv:1805.01407) from a state that is the key's SHA-256.
 */
export function stream(...key: (string | number)[]): Stream {
  const digest = hash('sha256', JSON.stringify(key), 'buffer')
  return xoshiro128([digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12)])
}

/** xoshiro128**; the state must not be all zeros. */
export function xoshiro128(state: readonly [number, number, number, number]): Stream {
  let [a, b, c, d] = state
  return () => {
    const scaled = Math.imul(b, 5)
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 11) | (d >>> 21)
    return result
  }
}

/** From 0 on, below 1. */
export const uniform = (next: Stream): number => next() / 2 ** 32

/** A whole number from 0 on, below `end` (the bias is below 2^-16 for ends up to 65,536). */
export const below = (end: number, next: Stream): number => Math.floor(uniform(next) * end)

/** 0 to `length` - 1 in random order (Fisher and Yates; the bias of the draw is below 2^-16 for 65,536 items). */
export function permutation(length: number, next: Stream): Int32Array {
  const order = Int32Array.from({ length }, (_, index) => index)
  for (let last = length - 1; last > 0; last--) {
    const other = below(last + 1, next)
    const item = order[last] as number
    order[last] = order[other] as number
    order[other] = item
  }
  return order
}
