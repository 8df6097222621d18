// Keeps count of a running sweep, so that nobody has to ask the store after every trial.
import { type TrialStatus, trialStatuses } from '@retort/schema/database'
import type { PlannedTrial } from '../plan/plan.ts'
import type { Best, Counts } from './progress.ts'
import type { TrialRun, TrialRuns } from './trialRun.ts'

export interface Tally {
  /**
   * Gives the trial another status, and counts it there.
   * @param validationAccuracy of a trial that is done
   */
  move(run: TrialRun, status: TrialStatus, validationAccuracy?: number | null): void
  counts(): Counts
  best(): Best | null
}

export function createTally(runs: TrialRuns): Tally {
  const zeros = Object.fromEntries(trialStatuses.map((status) => [status, 0])) as { [Status in TrialStatus]: number }
  const counts: Counts = { ...zeros, total: runs.size, reused: 0 }
  let best: Best | null = null

  const consider = (trial: PlannedTrial, validationAccuracy: number): void => {
    if (trial.role === 'teacher' || (best !== null && best.validationAccuracy >= validationAccuracy)) return
    best = { trial, validationAccuracy }
  }
  for (const { trial, status, validationAccuracy } of runs.values()) {
    counts[status] += 1
    if (status === 'done' && validationAccuracy !== null) consider(trial, validationAccuracy)
  }
  counts.reused = counts.done

  return {
    move: (run, status, validationAccuracy = null) => {
      counts[run.status] -= 1
      counts[status] += 1
      run.status = status
      run.validationAccuracy = validationAccuracy
      if (validationAccuracy !== null) consider(run.trial, validationAccuracy)
    },
    counts: () => ({ ...counts }),
    best: () => best,
  }
}
