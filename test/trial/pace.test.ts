// Checkpoints take little of the time, and as much of the training as that allows is safe.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPace } from '../../orchestrator/src/trial/pace.ts'

/** Runs epochs on a clock of its own, in milliseconds. @returns which were written, when, and how long that took */
function paced(epochs: { trains: number; writes: number }[]) {
  let time = 0
  const pace = createPace(() => time)
  const written: { epoch: number; start: number; took: number }[] = []
  for (const [at, { trains, writes }] of epochs.entries()) {
    time += trains
    if (!pace.due(at + 1)) continue
    written.push({ epoch: at + 1, start: time, took: writes })
    time += writes
    pace.wrote(writes)
  }
  return { written, time }
}

it('writes the first epoch, then those that come fifty times as long as a write takes after it', () => {
  const each = { trains: 4000, writes: 1000 }
  const { written } = paced(Array.from({ length: 30 }, () => each))
  // 13 epochs take 52 s.
  expect(written.map(({ epoch }) => epoch)).toEqual([1, 14, 27])
})

it('writes every epoch that takes as long', () => {
  expect(paced(Array.from({ length: 5 }, () => ({ trains: 200, writes: 4 }))).written).toHaveLength(5)
  expect(paced(Array.from({ length: 5 }, () => ({ trains: 199, writes: 4 }))).written).toHaveLength(3)
})

it('keeps writes below 2 % of the time, and a kill never costs more than fifty writes and an epoch', () => {
  const epoch = fc.record({ trains: fc.integer({ min: 1, max: 10_000 }), writes: fc.integer({ min: 1, max: 2000 }) })
  fc.assert(
    fc.property(fc.array(epoch, { minLength: 1, maxLength: 200 }), (epochs) => {
      const { written, time } = paced(epochs)
      for (const [at, { epoch: last, start, took }] of written.entries()) {
        const next = written[at + 1]
        const end = next?.start ?? time
        if (next !== undefined) expect(took / (next.start - start)).toBeLessThanOrEqual(0.02)
        const longest = Math.max(...epochs.slice(last).map(({ trains }) => trains), 0)
        expect(end - (start + took)).toBeLessThanOrEqual(50 * took + longest)
      }
      expect(written[0]!.epoch).toBe(1)
    }),
  )
})

it('gives all members of a group the same answer, though the clock goes on between them', () => {
  let time = 0
  const pace = createPace(() => time++)
  expect([pace.due(1), pace.due(1)]).toEqual([true, true])
  pace.wrote(1)
  pace.wrote(3)
  time += 100
  // The longest of their writes counts.
  expect([pace.due(2), pace.due(2)]).toEqual([false, false])
  time += 100
  expect([pace.due(2), pace.due(3), pace.due(3)]).toEqual([false, true, true])
})
