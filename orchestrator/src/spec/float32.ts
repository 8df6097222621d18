// Numbers that reach a training step: it computes in 32 bits, which make of 1e39 infinity and of 1e-46 zero.
import type { Float32 } from '@retort/schema/definitions/schema'
import type { Schema } from './schema.ts'

const largest = Math.fround(3.4028234663852886e38)
/** Below it there are fewer digits than 24 bits, and some devices have zeros there. */
const smallest = 2 ** -126

export function isHeld(value: number, of: Float32, { exclusiveMaximum = Number.POSITIVE_INFINITY }: Schema): boolean {
  const size = Math.abs(of === 'squared' ? value * value : value)
  // 0.99999999999 is 1 in 32 bits, which a momentum may not be.
  return value === 0 || (size >= smallest && Math.fround(size) <= largest && Math.fround(value) < exclusiveMaximum)
}

/** What follows the number that is asked for. */
export const heldText: { [Of in Float32]: string } = {
  itself: 'that float32 can hold, 1.18e-38 to 3.4e38',
  squared: 'whose square float32 can hold, 1.1e-19 to 1.8e19',
}

/** What becomes of a number that is not held: `1e+300, there Infinity`. */
export const inFloat32 = (value: number, of: Float32): string =>
  of === 'squared'
    ? `${value}, whose square is ${Math.fround(value * value)} there`
    : `${value}, ${Math.fround(value)} there`
