// All that a trial's page shows, read from one snapshot of the store.
import type { Reader } from '@retort/schema/open'
import { findSweep } from './sweeps.ts'
import { artifactsOf, attemptsOf, epochsOf, findTrial, replicatesOf } from './trials.ts'

/** Null where the sweep has no such trial. */
export function trialPage(db: Reader, sweep: string, id: string) {
  const trial = findTrial(db, sweep, id)
  if (trial === undefined) return null
  const other = (found: string | null) => (found === null ? undefined : findTrial(db, sweep, found))
  return {
    trial,
    formula: findSweep(db, sweep)!.formula,
    teacher: other(trial.teacherTrial),
    baseline: other(trial.baselineTrial),
    replicates: replicatesOf(db, trial),
    epochs: epochsOf(db, id),
    attempts: attemptsOf(db, id),
    artifacts: artifactsOf(db, id),
  }
}
export type TrialPageData = NonNullable<ReturnType<typeof trialPage>>
