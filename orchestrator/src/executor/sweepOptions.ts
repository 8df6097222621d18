// What running a sweep needs to be told.
import type { Placement } from '@retort/schema/messages'
import type { Plan } from '../plan/plan.ts'
import type { CreateSampler } from '../search/sampler.ts'
import type { Store } from '../store/store.ts'
import type { Executor } from './executor.ts'
import type { SweepProgress } from './progress.ts'

export interface RunSweepOptions {
  plan: Plan
  store: Store
  executor: Executor
  placement: Placement
  /** How often a trial whose process died, hung or ran out of memory is tried again. */
  retries: number
  /** Runs diverged and failed trials again, too. */
  retryFailed: boolean
  /** Trains anew what another engine had a part in, and goes on from none of its checkpoints; by default it counts. */
  engineStrict?: boolean
  /** "auto" trains trials of one kind as one group where that was timed to be faster; by default never. */
  grouping?: 'auto' | 'off'
  /** Which of the plan's trials run, and how far; by default all, to the end. */
  sampler?: CreateSampler
  onProgress?: (progress: SweepProgress) => void
  /** Ctrl-C once: running trials write a checkpoint and end. */
  stop?: AbortSignal
  /** Ctrl-C twice: running trials are killed. */
  kill?: AbortSignal
}
