// Runs a plan: what is done already is reused, the rest is given to the pool as its teachers allow, and every
// outcome is stored. Failures of trials are results; only failures of Retort itself are errors.
import type { Placement } from '@retort/schema/messages'
import type { Plan } from '../plan/plan.ts'
import { lockStore } from '../store/lock.ts'
import type { Store } from '../store/store.ts'
import { closeRunning, endSweep, saveSweep } from '../store/sweeps.ts'
import type { Pool } from './pool.ts'
import type { SweepOutcome, SweepProgress } from './progress.ts'
import { runTrials } from './runTrials.ts'
import { untilGone } from './untilGone.ts'

export interface RunSweepOptions {
  plan: Plan
  store: Store
  pool: Pool
  placement: Placement
  /** How often a trial whose process died, hung or ran out of memory is tried again. */
  retries: number
  /** Runs diverged and failed trials again, too. */
  retryFailed: boolean
  /** Trains anew what another engine had a part in, and goes on from none of its checkpoints; by default it counts. */
  engineStrict?: boolean
  /** "auto" trains trials of one kind as one group where that was timed to be faster; by default never. */
  grouping?: 'auto' | 'off'
  onProgress?: (progress: SweepProgress) => void
  /** Ctrl-C once: running trials write a checkpoint and end. */
  stop?: AbortSignal
  /** Ctrl-C twice: running trials are killed. */
  kill?: AbortSignal
}

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
