// Whether a trial has ended with an attempt or is tried again, by how the attempt ended and what was lost before.

import type { AttemptEnd, LogitsEnd } from '@retort/orchestrator/executor/executor'
import { judgeAttempt, judgeLogits } from '@retort/orchestrator/executor/judge'
import { type TrialRun, trialRuns } from '@retort/orchestrator/executor/trialRun'
import type { TrialState } from '@retort/orchestrator/store/state'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planOf } from './plans.ts'

/** A trial at its first attempt, where nothing else is said. */
function runOf(now: Partial<TrialRun> = {}, outOfMemory: 'fail' | 'halve-batch' = 'fail'): TrialRun {
  const { trials } = planOf({ teachers: 0, students: 0, baselines: 1, outOfMemory })
  const state: TrialState = {
    status: 'pending',
    reason: null,
    validationAccuracy: null,
    attempts: [],
    reducedBatchSize: null,
    artifacts: [],
    logitsOn: null,
  }
  const resumed = {
    run: trials,
    again: [],
    anew: [],
    batchSizes: new Map(),
    unread: new Set<string>(),
    engineNotes: [],
  }
  const [run] = trialRuns(trials, new Map([[trials[0]!.id, state]]), resumed).values()
  return { ...run!, attempt: 1, ...now }
}

const usual = { retries: 2, stopping: false, grouped: false }
const crashed: AttemptEnd = { outcome: 'crashed', reason: 'its process was ended by SIGSEGV' }
const short = (predictionBatch?: number) =>
  ({ outcome: 'out of memory', reason: 'no room\n', ...(predictionBatch && { predictionBatch }) }) as const

describe('an attempt', () => {
  it.each(['diverged', 'failed'] as const)('that %s ends its trial, at whichever try and while stopping', (outcome) => {
    const end = { outcome, epoch: 1, step: 2, reason: 'the loss is NaN' } as AttemptEnd
    fc.assert(
      fc.property(fc.nat(5), fc.nat(5), fc.boolean(), fc.boolean(), (lost, retries, stopping, grouped) => {
        expect(judgeAttempt(runOf({ lost }), end, { retries, stopping, grouped })).toEqual({
          noted: 'the loss is NaN',
          next: 'ended',
          end: { status: outcome, reason: 'the loss is NaN' },
        })
      }),
    )
  })

  it('that was lost is tried again as often as `retries` says, then its trial ends as it did', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.nat(5), (lost, retries) => {
        const run = runOf({ lost, attempt: lost + 1 })
        const verdict = judgeAttempt(run, crashed, { ...usual, retries })
        const { reason } = crashed as { reason: string }
        const tries = lost === 0 ? '' : ` (the last of ${lost + 1} attempts)`
        expect(verdict).toEqual(
          lost < retries
            ? { noted: reason, next: 'again', reason, relief: null }
            : { noted: reason, next: 'ended', end: { status: 'crashed', reason: `${reason}${tries}` } },
        )
      }),
    )
  })

  it('of an earlier run does not count among the tries', () => {
    const attempts = [{}, {}] as TrialState['attempts']
    const run = runOf({ attempt: 3, lost: 0 })
    const verdict = judgeAttempt({ ...run, earlier: { ...run.earlier, attempts } }, crashed, { ...usual, retries: 0 })
    expect(verdict).toMatchObject({ end: { reason: 'its process was ended by SIGSEGV' } })
  })

  it('that was interrupted is left for the next run while stopping, and else is a crash', () => {
    const end: AttemptEnd = { outcome: 'interrupted' }
    const left = { noted: null, next: 'ended', end: { status: 'pending', reason: null } }
    expect(judgeAttempt(runOf(), end, { ...usual, stopping: true })).toEqual(left)
    const again = { noted: null, next: 'again', reason: 'it was interrupted', relief: null }
    expect(judgeAttempt(runOf(), end, usual)).toEqual(again)
    const ended = { noted: null, next: 'ended', end: { status: 'crashed', reason: 'it was interrupted' } }
    expect(judgeAttempt(runOf(), end, { ...usual, retries: 0 })).toEqual(ended)
  })

  it('that was short of memory is tried again with less, where it may be: without a retry', () => {
    const judged = judgeAttempt(runOf({ lost: 2 }, 'halve-batch'), short(), { ...usual, retries: 0 })
    const reason = 'no room; again with batches of 64 instead of 128'
    const relief = { less: { batchSize: 64 }, how: 'again with batches of 64 instead of 128' }
    expect(judged).toEqual({ noted: reason, next: 'again', reason, relief })
    expect(judgeAttempt(runOf({ lost: 2 }), short(), { ...usual, retries: 0 })).toMatchObject({ next: 'ended' })
    const predicting = judgeAttempt(runOf(), short(500), { ...usual, retries: 0 })
    expect(predicting).toMatchObject({ next: 'again', relief: { less: { predictionBatch: 250 } } })
  })

  it('of a group that was short of memory is tried again by itself', () => {
    const verdict = judgeAttempt(runOf({}, 'halve-batch'), short(), { ...usual, grouped: true })
    expect(verdict).toMatchObject({ reason: 'no room; again by itself', relief: { less: {} } })
  })

  it('that was short of memory with the smallest batch ends its trial, and says with which', () => {
    const run = runOf({ batchSize: 2, attempt: 7 }, 'halve-batch')
    expect(judgeAttempt(run, short(), { ...usual, retries: 0 })).toMatchObject({
      noted: 'no room\n',
      end: { status: 'out of memory', reason: 'no room\n (the last of 7 attempts, with batches of 2)' },
    })
  })
})

describe('the computing of logits', () => {
  it('that failed is given up at once; that was lost, after the retries', () => {
    const failed: LogitsEnd = { outcome: 'failed', reason: 'it cannot work' }
    expect(judgeLogits(runOf(), failed, usual)).toEqual({ next: 'given up', reason: 'it cannot work' })
    const timedOut: LogitsEnd = { outcome: 'timed out', reason: 'silence' }
    expect(judgeLogits(runOf({ lostLogits: 1 }), timedOut, usual)).toEqual({
      next: 'again',
      reason: 'silence',
      relief: null,
    })
    expect(judgeLogits(runOf({ lostLogits: 2 }), timedOut, usual)).toEqual({ next: 'given up', reason: 'silence' })
  })

  it('that ends while stopping is left, unless it is computed', () => {
    const stopping = { ...usual, stopping: true }
    expect(judgeLogits(runOf(), { outcome: 'interrupted' }, stopping)).toEqual({ next: 'left' })
    const computed = { outcome: 'computed' } as Extract<LogitsEnd, { outcome: 'computed' }>
    expect(judgeLogits(runOf(), computed, stopping)).toEqual({ next: 'computed', end: computed })
  })

  it('that was short of memory predicts fewer at once, down to one', () => {
    const first = judgeLogits(runOf({ lostLogits: 9 }), short(500), usual)
    expect(first).toMatchObject({ next: 'again', relief: { less: { predictionBatch: 250 } } })
    const last = judgeLogits(runOf({ lostLogits: 9, predictionBatch: 1 }), short(1), usual)
    expect(last).toMatchObject({ next: 'given up' })
  })
})
