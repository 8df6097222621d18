// How students changed against their baselines by class.
import { eq } from 'drizzle-orm'
import { type ClassChanges, type ClassPair, classChanges } from '../../comparison/classes.ts'
import type { Reader } from '../../open.ts'
import { trialView } from '../../views.ts'

/** Of the test split, over the seeds of which both are done; by configuration. */
export function classChangesOf(db: Reader, sweep: string): Map<string, ClassChanges | null> {
  const columns = {
    trial: trialView.trial,
    configuration: trialView.configuration,
    baselineTrial: trialView.baselineTrial,
    perClass: trialView.perClass,
  }
  const rows = db.select(columns).from(trialView).where(eq(trialView.sweep, sweep)).all()
  const byTrial = new Map(rows.map(({ trial, perClass }) => [trial, perClass]))
  const pairs = new Map<string, ClassPair[]>()
  for (const { configuration, baselineTrial, perClass: own } of rows) {
    const baseline = byTrial.get(baselineTrial ?? '') ?? null
    if (own === null || baseline === null) continue
    pairs.set(configuration, [...(pairs.get(configuration) ?? []), { own, baseline }])
  }
  return new Map([...pairs].map(([configuration, all]) => [configuration, classChanges(all)]))
}
