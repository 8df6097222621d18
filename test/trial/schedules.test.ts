import { expect, it } from 'vitest'
import { type Course, learningRateAt } from '../../orchestrator/src/trial/schedules.ts'

const course = (schedule: Course['schedule']): Course => ({ schedule, learningRate: 0.2, stepsPerEpoch: 4, epochs: 3 })
const rates = (schedule: Course['schedule']) =>
  Array.from({ length: 12 }, (_, step) => learningRateAt(course(schedule), step))
const close = (got: number[], expected: number[]) => {
  expect(got.length).toBe(expected.length)
  for (const [step, rate] of got.entries()) expect(rate).toBeCloseTo(expected[step]!, 12)
}

it('constant', () => {
  close(rates({ type: 'constant', warmupEpochs: 0 }), new Array(12).fill(0.2))
})

it('rises linearly over the warm-up, which may end within an epoch', () => {
  close(rates({ type: 'constant', warmupEpochs: 1.25 }), [0.04, 0.08, 0.12, 0.16, ...new Array(8).fill(0.2)])
  close(
    rates({ type: 'constant', warmupEpochs: 6 }),
    Array.from({ length: 12 }, (_, step) => (0.2 * (step + 1)) / 24),
  )
})

it('cosine from the highest rate at the first step to the final fraction at the last', () => {
  const got = rates({ type: 'cosine', warmupEpochs: 0, finalFraction: 0.1 })
  close(
    got,
    Array.from({ length: 12 }, (_, step) => 0.2 * (0.1 + (0.9 * (1 + Math.cos((Math.PI * step) / 11))) / 2)),
  )
  expect(got[0]).toBeCloseTo(0.2, 12)
  expect(got[11]).toBeCloseTo(0.02, 12)
})

it('cosine begins after the warm-up', () => {
  const got = rates({ type: 'cosine', warmupEpochs: 1, finalFraction: 0 })
  close(got.slice(0, 5), [0.05, 0.1, 0.15, 0.2, 0.2])
  expect(got[11]).toBeCloseTo(0, 12)
  // Half way between the fifth and the twelfth step.
  expect((got[7]! + got[8]!) / 2).toBeCloseTo(0.1, 12)
})

it('of a single step is the highest rate', () => {
  expect(
    learningRateAt(
      { schedule: { type: 'cosine', warmupEpochs: 0, finalFraction: 0 }, learningRate: 1, stepsPerEpoch: 1, epochs: 1 },
      0,
    ),
  ).toBe(1)
})

it('falls in steps after the epochs that are named, in whatever order', () => {
  const expected = [...new Array(4).fill(0.2), ...new Array(4).fill(0.02), ...new Array(4).fill(0.002)]
  close(rates({ type: 'step', warmupEpochs: 0, milestones: [2, 1, 30], factor: 0.1 }), expected)
})

it('falls in steps that a warm-up does not move', () => {
  const expected = [0.2 / 6, 0.4 / 6, 0.1, 0.8 / 6, 1 / 6, 0.2, 0.2, 0.2, 0.05, 0.05, 0.05, 0.05]
  close(rates({ type: 'step', warmupEpochs: 1.5, milestones: [2], factor: 0.25 }), expected)
})
