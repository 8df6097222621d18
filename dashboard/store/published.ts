// What the figures of the literature that an experiment names are held against.
import type { Comparison } from '@retort/schema/comparison/compare'
import type { Reader } from '@retort/schema/open'
import type { SweepRow } from '@retort/schema/store/read/sweeps'
import { configurationView, trialView } from '@retort/schema/views'
import { and, eq } from 'drizzle-orm'

/** Null where it names none. */
export function publishedOf(db: Reader, { id, experiment }: SweepRow, comparison: Comparison) {
  if ((experiment.published ?? []).length === 0) return null
  const configurations = db.select().from(configurationView).where(eq(configurationView.sweep, id)).all()
  const byId = new Map(configurations.map((each) => [each.configuration, each]))
  const { configuration, role, model, testAccuracy, perClass, biasCorrection } = trialView
  const trials = db
    .select({ configuration, role, model, testAccuracy, perClass, biasCorrection })
    .from(trialView)
    .where(and(eq(trialView.sweep, id), eq(trialView.status, 'done')))
    .all()
  return {
    /** Students and baselines of which a replicate is done, in the comparison's order. */
    rows: comparison.configurations.map((compared) => byId.get(compared.configuration)!),
    trials,
    /** By configuration, teachers' too: the trial that stands for it. */
    trialOf: new Map(configurations.map(({ configuration, trial }) => [configuration, trial])),
  }
}
