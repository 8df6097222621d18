// All that a trial's page shows, read from one snapshot of the store.
import type { Reader } from '@retort/schema/open'
import { sweepOf } from '@retort/schema/store/read/sweeps'
import { artifactsOf, attemptsOf, epochsOf, findTrial, replicatesOf } from '@retort/schema/store/read/trials'

/** Null where the sweep has no such trial. */
export function trialPage(db: Reader, sweep: string, id: string) {
  const trial = findTrial(db, sweep, id)
  if (trial === undefined) return null
  const other = (found: string | null) => (found === null ? undefined : findTrial(db, sweep, found))
  return {
    trial,
    formula: sweepOf(db, sweep)!.formula,
    teacher: other(trial.teacherTrial),
    baseline: other(trial.baselineTrial),
    replicates: replicatesOf(db, trial),
    epochs: epochsOf(db, id),
    attempts: attemptsOf(db, id),
    artifacts: artifactsOf(db, id),
  }
}
export type TrialPageData = NonNullable<ReturnType<typeof trialPage>>
