// Who decides which trials of a plan run, and which of them end early: it is asked for trials, and told of their epochs.
// It knows nothing of where they run; what waits for a teacher's logits is the schedule's affair.
import type { TrialStatus } from '@retort/schema/database'
import type { EpochRecord } from '@retort/schema/metrics'
import type { TrialId } from '@retort/schema/trialId'
import type { PlannedTrial } from '../plan/plan.ts'

/** What has become of a trial so far. */
export interface Past {
  readonly trial: PlannedTrial
  readonly status: TrialStatus
  /** Of a trial that is done, where it is known. */
  readonly validationAccuracy: number | null
}

/** Of all the plan's trials, in its order; what earlier runs have left of those that are not run again counts, too. */
export type History = ReadonlyMap<TrialId, Past>

export interface Sampler {
  /**
   * Asked whenever something could run and nothing is left to.
   * @returns trials to run, each once; "wait" until one that runs has ended; or "done"
   */
  ask(history: History): readonly PlannedTrial[] | 'wait' | 'done'
  /**
   * Told after each epoch of a trial; of a trial that goes on from a checkpoint, of the epochs before it once more.
   * @returns whether it trains on, or is stopped: it writes a checkpoint, and has ended as `stopped early`
   */
  tell(event: { trial: PlannedTrial; record: EpochRecord }): 'continue' | 'stop'
}

/** @param trials of the plan that are not settled by earlier runs, in its order */
export type CreateSampler = (trials: readonly PlannedTrial[]) => Sampler
