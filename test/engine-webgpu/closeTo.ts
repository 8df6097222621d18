// Compares numbers without a test runner.
import { fail } from 'node:assert/strict'

/** Throws where two lists differ by more than a share of the greater of 1 and what is expected. */
export function closeTo(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  if (actual.length !== expected.length) fail(`${what}: expected ${expected.length} numbers, got ${actual.length}`)
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!]
    if (Object.is(a, e) || a === e) continue
    const near = Math.abs(a - e) <= tolerance * Math.max(1, Math.abs(e))
    if (!near) fail(`${what}[${i}]: expected ${e}, got ${a}`)
  }
}
