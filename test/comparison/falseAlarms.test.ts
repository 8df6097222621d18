// How often verdicts are wrong and right, over simulated sweeps of which the truth is known. The numbers are the same
// at every run.
import { compare } from '@retort/schema/comparison/compare'
import { expect, it } from 'vitest'
import { randomNumbers } from '../dashboard/random.ts'
import { type Accuracies, sweepOf } from './sweeps.ts'

/** Box and Muller's normal numbers. */
function normalNumbers(seed: number): () => number {
  const random = randomNumbers(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

interface Truth {
  sweeps: number
  seeds: number
  /** What each configuration gains, in standard deviations of a run. */
  gains: number[]
}

/** Accuracies on 5,000 samples, with a part that each seed brings to all and a part of each run. */
function* simulated({ sweeps, seeds, gains }: Truth) {
  const normal = normalNumbers(7)
  const spread = 0.002
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const ofSeed = Array.from({ length: seeds }, () => 0.95 + spread * normal())
    const run = (gain: number) => ofSeed.map((base) => Math.round((base + spread * (gain + normal())) * 5000) / 5000)
    const made: Accuracies = { base: { baseline: null, of: run(0) } }
    for (const [index, gain] of gains.entries()) made[`c${index}`] = { baseline: 'base', of: run(gain) }
    yield compare(...sweepOf(made)).configurations
  }
}

it.each([2, 3, 5, 10])('calls nothing better or worse by accident in 19 of 20 sweeps with %i seeds', (seeds) => {
  const sweeps = 2000
  let alarms = 0
  for (const configurations of simulated({ sweeps, seeds, gains: Array<number>(8).fill(0) })) {
    if (configurations.some(({ gain }) => gain?.verdict === 'better' || gain?.verdict === 'worse')) alarms++
  }
  // Three standard errors of a share of one in twenty.
  expect(alarms / sweeps).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / sweeps))
})

it('finds large gains and losses, with their signs', () => {
  let right = 0
  let wrong = 0
  for (const configurations of simulated({ sweeps: 300, seeds: 5, gains: [8, -8, 0] })) {
    const verdict = (name: string) => configurations.find((each) => each.configuration === name)!.gain!.verdict
    if (verdict('c0') === 'better') right++
    if (verdict('c1') === 'worse') right++
    if (verdict('c0') === 'worse' || verdict('c1') === 'better') wrong++
  }
  expect(right / 600).toBeGreaterThan(0.95)
  expect(wrong).toBe(0)
})

it('intervals hold the truth in 19 of 20 cases', () => {
  let held = 0
  let all = 0
  for (const configurations of simulated({ sweeps: 1500, seeds: 4, gains: [2] })) {
    const interval = configurations.find(({ role }) => role === 'student')!.gain!.validation!.interval
    if (interval === null) continue
    all++
    if (interval[0] <= 0.004 && 0.004 <= interval[1]) held++
  }
  expect(Math.abs(held / all - 0.95)).toBeLessThan(3 * Math.sqrt((0.05 * 0.95) / all) + 0.005)
})
