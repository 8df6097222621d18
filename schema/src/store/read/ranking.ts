// A sweep's configurations and what their replicates show. Who is first, and who is tied, the comparison alone decides.
import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import { type Comparison, compare } from '../../comparison/compare.ts'
import type { Reader } from '../../open.ts'
import { configurationView, trialView } from '../../views.ts'

export type ConfigurationRow = typeof configurationView.$inferSelect

/**
 * The sweep's configurations, teachers among them, in no order.
 * @param among ids of those that are wanted; by default all
 */
export function configurationsOf(db: Reader, sweep: string, among?: readonly string[]): ConfigurationRow[] {
  const wanted =
    among === undefined
      ? undefined
      : sql`${configurationView.configuration} IN (SELECT value FROM json_each(${JSON.stringify(among)}))`
  const rows = db
    .select()
    .from(configurationView)
    .where(and(eq(configurationView.sweep, sweep), wanted))
    .all()
  const others = ofOtherTokens(db, sweep)
  return rows.map((row) => (others.has(row.configuration) ? { ...row, relativeAccuracy: null } : row))
}

/** Configurations whose teacher names other tokens, so that its accuracy is none that theirs is a share of. */
function ofOtherTokens(db: Reader, sweep: string): Set<string> {
  const teachers = db
    .selectDistinct({ trial: trialView.teacherTrial })
    .from(trialView)
    .where(and(eq(trialView.sweep, sweep), isNotNull(trialView.teacherTrial)))
  const isReader = sql`json_extract(${trialView.config}, '$.dataset.type') = 'retokenized'`
  const readers = db
    .select({ trial: trialView.trial })
    .from(trialView)
    .where(and(eq(trialView.sweep, sweep), inArray(trialView.trial, teachers), isReader))
    .all()
    .map(({ trial }) => trial)
  if (readers.length === 0) return new Set()
  const taught = db
    .selectDistinct({ configuration: trialView.configuration })
    .from(trialView)
    .where(and(eq(trialView.sweep, sweep), inArray(trialView.teacherTrial, readers)))
    .all()
  return new Set(taught.map(({ configuration }) => configuration))
}

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

export interface Ranking {
  comparison: Comparison
  /** Students and baselines of which a replicate is done, in the comparison's order. */
  rows: ConfigurationRow[]
}

export function ranking(db: Reader, sweep: string): Ranking {
  const comparison = comparisonOf(db, sweep)
  const byId = new Map(configurationsOf(db, sweep).map((each) => [each.configuration, each]))
  return { comparison, rows: comparison.configurations.map(({ configuration }) => byId.get(configuration)!) }
}

/** What the ranking says of trials: what they ran on, whether teachers are weak, and teachers' own figures. */
export function rankedTrials(db: Reader, sweep: string) {
  const { role, model, configuration, status, engines, validationAccuracy } = trialView
  const ofTeacher = db
    .select()
    .from(trialView)
    .where(and(eq(trialView.sweep, sweep), eq(role, 'teacher'), eq(status, 'done')))
    .orderBy(asc(trialView.position))
    .all()
  const trials = db
    .select({ trial: trialView.trial, role, model, configuration, status, engines, validationAccuracy })
    .from(trialView)
    .where(eq(trialView.sweep, sweep))
    .orderBy(asc(trialView.position))
    .all()
  const configs = new Map(ofTeacher.map(({ trial, config }) => [trial, config]))
  return { trials: trials.map((each) => ({ ...each, config: configs.get(each.trial) ?? null })), teachers: ofTeacher }
}
