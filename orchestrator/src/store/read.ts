// What the commands show, read from the public views.
import { type ClassChanges, type ClassPair, classChanges } from '@retort/schema/comparison/classes'
import { type Comparison, compare } from '@retort/schema/comparison/compare'
import type { Reader } from '@retort/schema/open'
import { perplexityOf } from '@retort/schema/perplexity'
import { presentStatus } from '@retort/schema/runner'
import {
  artifactView,
  attemptView,
  configurationView,
  epochView,
  logitsView,
  sweepView,
  trialView,
} from '@retort/schema/views'
import { and, asc, desc, eq, getViewSelectedFields, inArray, isNotNull, sql } from 'drizzle-orm'

export type SweepRow = typeof sweepView.$inferSelect
export type TrialRow = typeof trialView.$inferSelect
export type ConfigurationRow = typeof configurationView.$inferSelect
export type EpochRow = typeof epochView.$inferSelect
export type AttemptRow = typeof attemptView.$inferSelect
export type ArtifactRow = typeof artifactView.$inferSelect
export type LogitsRow = typeof logitsView.$inferSelect

/** The one that was started last comes first. */
export const listSweeps = (db: Reader): SweepRow[] =>
  db
    .select()
    .from(sweepView)
    .orderBy(desc(sweepView.startedAt), asc(sweepView.id))
    .all()
    .map((sweep) => atPresent(sweep, db))

export function sweepSummary(db: Reader, sweep: string): SweepRow | undefined {
  const found = db.select().from(sweepView).where(eq(sweepView.id, sweep)).get()
  return found && atPresent(found, db)
}

const atPresent = (sweep: SweepRow, { file }: Reader): SweepRow => ({
  ...sweep,
  status: presentStatus(sweep.status, file),
})

/** In the plan's order. */
export const trialsOf = (db: Reader, sweep: string): TrialRow[] =>
  db.select().from(trialView).where(eq(trialView.sweep, sweep)).orderBy(asc(trialView.position)).all()

const { config: _config, versions: _versions, ...listed } = getViewSelectedFields(trialView)

/** The same without what is long and no list shows. */
export const listedTrials = (db: Reader, sweep: string) =>
  db.select(listed).from(trialView).where(eq(trialView.sweep, sweep)).orderBy(asc(trialView.position)).all()

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

/** One trial, once for each sweep that asks for it. */
export const trialRows = (db: Reader, trial: string): TrialRow[] =>
  db.select().from(trialView).where(eq(trialView.trial, trial)).orderBy(asc(trialView.sweep)).all()

/** What a loss comes to where the classes of a sweep's data are tokens; else null. */
export function perplexityIn({ experiment }: SweepRow): (loss: number | null) => number | null {
  const { dataset } = experiment
  return (loss) => perplexityOf(dataset, loss)
}

/** The sweep's configurations, teachers among them. */
export function configurationsOf(db: Reader, sweep: string): ConfigurationRow[] {
  const others = ofOtherTokens(db, sweep)
  return db
    .select()
    .from(configurationView)
    .where(eq(configurationView.sweep, sweep))
    .all()
    .map((row) => (others.has(row.configuration) ? { ...row, relativeAccuracy: null } : row))
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

export interface Ranking {
  comparison: Comparison
  /** Students and baselines of which a replicate is done, in the comparison's order. */
  rows: ConfigurationRow[]
}

/** By mean validation accuracy, of equals the smaller model first. The test split has no say. */
export function ranking(db: Reader, sweep: string): Ranking {
  const configurations = configurationsOf(db, sweep)
  const replicates = db
    .select({
      trial: trialView.trial,
      configuration: trialView.configuration,
      seed: trialView.seed,
      baselineTrial: trialView.baselineTrial,
      validationAccuracy: trialView.validationAccuracy,
      testAccuracy: trialView.testAccuracy,
    })
    .from(trialView)
    .where(eq(trialView.sweep, sweep))
    .all()
  const comparison = compare(configurations, replicates)
  const byId = new Map(configurations.map((each) => [each.configuration, each]))
  return { comparison, rows: comparison.configurations.map(({ configuration }) => byId.get(configuration)!) }
}

/** How students changed against their baselines by class, over the seeds of which both are done; by configuration. */
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

export const epochsOf = (db: Reader, trial: string): EpochRow[] =>
  db.select().from(epochView).where(eq(epochView.trial, trial)).orderBy(asc(epochView.epoch)).all()

export const attemptsOf = (db: Reader, trial: string): AttemptRow[] =>
  db.select().from(attemptView).where(eq(attemptView.trial, trial)).orderBy(asc(attemptView.number)).all()

export const artifactsOf = (db: Reader, trial: string): ArtifactRow[] =>
  db.select().from(artifactView).where(eq(artifactView.trial, trial)).orderBy(asc(artifactView.kind)).all()

/** Of the sweep's teachers, with how often they were computed and read. */
export const logitsOf = (db: Reader, sweep: string): LogitsRow[] =>
  db.select().from(logitsView).where(eq(logitsView.sweep, sweep)).orderBy(asc(logitsView.teacher)).all()
