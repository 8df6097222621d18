// Keeps count of a running sweep, so that nobody has to ask the store after every trial.
import { type TrialStatus, trialStatuses } from '@retort/schema/database'
import type { TrialId } from '@retort/schema/trial'
import type { PlannedTrial } from '../plan/plan.ts'
import type { TrialState } from '../store/state.ts'
import type { Best, Counts } from './progress.ts'

export interface Tally {
  status(trial: TrialId): TrialStatus
  /** @param validationAccuracy of a trial that is done */
  move(trial: PlannedTrial, status: TrialStatus, validationAccuracy?: number): void
  counts(): Counts
  best(): Best | null
}

/** @param run trials that are to run, whatever became of them earlier */
export function createTally(
  trials: PlannedTrial[],
  states: ReadonlyMap<TrialId, TrialState>,
  run: readonly PlannedTrial[],
): Tally {
  const zeros = Object.fromEntries(trialStatuses.map((status) => [status, 0])) as { [Status in TrialStatus]: number }
  const counts: Counts = { ...zeros, total: trials.length, reused: 0 }
  const again = new Set(run.map(({ id }) => id))
  const statuses = new Map<TrialId, TrialStatus>()
  let best: Best | null = null

  const consider = (trial: PlannedTrial, validationAccuracy: number): void => {
    if (trial.role === 'teacher' || (best !== null && best.validationAccuracy >= validationAccuracy)) return
    best = { trial, validationAccuracy }
  }
  for (const trial of trials) {
    const state = again.has(trial.id) ? undefined : states.get(trial.id)
    const status = state?.status ?? 'pending'
    statuses.set(trial.id, status)
    counts[status] += 1
    if (status === 'done' && state?.validationAccuracy != null) consider(trial, state.validationAccuracy)
  }
  counts.reused = counts.done

  return {
    status: (trial) => statuses.get(trial)!,
    move: (trial, status, validationAccuracy) => {
      counts[statuses.get(trial.id)!] -= 1
      counts[status] += 1
      statuses.set(trial.id, status)
      if (validationAccuracy !== undefined) consider(trial, validationAccuracy)
    },
    counts: () => ({ ...counts }),
    best: () => best,
  }
}
