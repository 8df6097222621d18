// What is known of one trial while its sweep runs. Changed by transitions.ts alone.
import type { LogitsArtifact } from '@retort/schema/artifact'
import type { TrialStatus } from '@retort/schema/database'
import type { RanEngine } from '@retort/schema/engines'
import type { TrialId } from '@retort/schema/trialId'
import type { PlannedTrial } from '../plan/plan.ts'
import type { TrialState } from '../store/state.ts'
import { enginesOf } from './engines.ts'
import type { Resumption } from './resume.ts'

export type Phase =
  /** For logits that it learns from. */
  | 'waiting'
  /** It may start. */
  | 'pending'
  /** Its request is being made. */
  | 'claimed'
  | 'running'
  /** Nothing more becomes of it in this run. */
  | 'ended'

export interface TrialRun {
  readonly trial: PlannedTrial
  /** What earlier runs have left of it. */
  readonly earlier: TrialState
  phase: Phase
  /** As the store has it, or will have it with the next batch. */
  status: TrialStatus
  /** Why it did not end as done. */
  reason: string | null
  /** Of a trial that is done, where it is known. */
  validationAccuracy: number | null
  /** The last attempt's number; earlier runs' count, too. */
  attempt: number
  /** What its checkpoint was trained on. */
  engines: RanEngine[]
  /** What it trains with where that is less than written. */
  batchSize: number | null
  /** How many samples it predicts at once where that is fewer than usual. */
  predictionBatch: number | null
  /** Whether it has a checkpoint that it does not go on from. */
  unread: boolean
  /** The epoch after which the search had the running attempt stopped; null where it had not. */
  stoppedAfter: number | null
  /** Attempts that this run has lost. */
  lost: number
  /** The same of the computing of its logits. */
  lostLogits: number
  /** Milliseconds of this run's attempts together; while one runs, less the time at which it began. */
  clock: number
  /** Whether its logits are being computed, or are about to be. */
  computing: boolean
  /** Its own, once somebody learns from them. */
  logits: LogitsArtifact | null
}

export type TrialRuns = ReadonlyMap<TrialId, TrialRun>

/** @param states of all the plan's trials */
export function trialRuns(
  trials: readonly PlannedTrial[],
  states: ReadonlyMap<TrialId, TrialState>,
  { run, batchSizes, unread }: Resumption,
): TrialRuns {
  const again = new Set(run.map(({ id }) => id))
  return new Map(
    trials.map((trial): [TrialId, TrialRun] => {
      const { id } = trial
      const earlier = states.get(id)!
      const runs = again.has(id)
      return [
        id,
        {
          trial,
          earlier,
          phase: runs ? 'pending' : 'ended',
          status: runs ? 'pending' : earlier.status,
          reason: earlier.reason,
          validationAccuracy: runs ? null : earlier.validationAccuracy,
          attempt: earlier.attempts.length,
          engines: enginesOf(earlier) ?? [],
          batchSize: batchSizes.get(id) ?? null,
          predictionBatch: null,
          unread: unread.has(id),
          stoppedAfter: null,
          lost: 0,
          lostLogits: 0,
          clock: 0,
          computing: false,
          logits: null,
        },
      ]
    }),
  )
}
