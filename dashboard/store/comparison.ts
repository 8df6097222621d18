// What the replicates of a sweep show, each configuration against its baseline and the best.
import { type Comparison, compare } from '@retort/schema/comparison/compare'
import type { Reader } from '@retort/schema/open'
import { configurationView, trialView } from '@retort/schema/views'
import { eq } from 'drizzle-orm'

export function comparisonOf(db: Reader, sweep: string): Comparison {
  const { configuration, role, model, planned, parameters } = configurationView
  const configurations = db
    .select({ configuration, role, model, planned, parameters })
    .from(configurationView)
    .where(eq(configurationView.sweep, sweep))
    .all()
  const { trial, seed, baselineTrial, validationAccuracy, testAccuracy } = trialView
  const replicates = db
    .select({ trial, configuration: trialView.configuration, seed, baselineTrial, validationAccuracy, testAccuracy })
    .from(trialView)
    .where(eq(trialView.sweep, sweep))
    .all()
  return compare(configurations, replicates)
}
