// Runs a plan: what is done already is reused, the rest is given to the executor as its teachers allow, and every
// outcome is stored. Failures of trials are results; only failures of Retort itself are errors.
import { lockStore } from '../store/lock.ts'
import { closeRunning, endSweep, saveSweep } from '../store/sweeps.ts'
import type { SweepOutcome } from './progress.ts'
import { runTrials } from './runTrials.ts'
import type { RunSweepOptions } from './sweepOptions.ts'
import { untilGone } from './untilGone.ts'

/**
 * Resolves when every trial has ended or, after an interrupt, when no trial runs any more.
 * @throws StoreBusyError when another process runs a sweep in this store
 */
export async function runSweep(options: RunSweepOptions): Promise<SweepOutcome> {
  const { plan, store } = options
  const lock = lockStore(store.file, `sweep "${plan.name}"`)
  try {
    await untilGone(closeRunning(store, 'the run was killed'))
    saveSweep(store, plan)
    try {
      const outcome = await runTrials(options)
      endSweep(store, plan.name, outcome.status)
      return outcome
    } catch (error) {
      try {
        closeRunning(store, 'the run failed')
        endSweep(store, plan.name, 'failed')
      } catch {
        // Where the store itself is what failed, the first error says more.
      }
      throw error
    }
  } finally {
    lock.release()
  }
}
