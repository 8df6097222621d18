// Trials, and what is known of one.
import { and, asc, eq, getViewSelectedFields } from 'drizzle-orm'
import { enginesOf, type SweepEngines } from '../../engines.ts'
import type { Reader } from '../../open.ts'
import { artifactView, attemptView, epochView, logitsView, trialView } from '../../views.ts'

export type TrialRow = typeof trialView.$inferSelect
export type EpochRow = typeof epochView.$inferSelect
export type AttemptRow = typeof attemptView.$inferSelect
export type ArtifactRow = typeof artifactView.$inferSelect
export type LogitsRow = typeof logitsView.$inferSelect

/** In the plan's order. */
export const trialsOf = (db: Reader, sweep: string): TrialRow[] =>
  db.select().from(trialView).where(eq(trialView.sweep, sweep)).orderBy(asc(trialView.position)).all()

const { config: _config, versions: _versions, ...listedColumns } = getViewSelectedFields(trialView)

/** Columns of a trial without what is long and no list shows. */
export { listedColumns }

/** The sweep's trials with these columns, in the plan's order. */
export const listedTrials = (db: Reader, sweep: string) =>
  db.select(listedColumns).from(trialView).where(eq(trialView.sweep, sweep)).orderBy(asc(trialView.position)).all()

/** One trial, once for each sweep that asks for it. */
export const trialRows = (db: Reader, trial: string): TrialRow[] =>
  db.select().from(trialView).where(eq(trialView.trial, trial)).orderBy(asc(trialView.sweep)).all()

export const findTrial = (db: Reader, sweep: string, trial: string): TrialRow | undefined =>
  db
    .select()
    .from(trialView)
    .where(and(eq(trialView.sweep, sweep), eq(trialView.trial, trial)))
    .get()

/** The same configuration under every seed, this trial among them. */
export const replicatesOf = (db: Reader, { sweep, configuration }: TrialRow): TrialRow[] =>
  db
    .select()
    .from(trialView)
    .where(and(eq(trialView.sweep, sweep), eq(trialView.configuration, configuration)))
    .orderBy(asc(trialView.seed))
    .all()

export const epochsOf = (db: Reader, trial: string): EpochRow[] =>
  db.select().from(epochView).where(eq(epochView.trial, trial)).orderBy(asc(epochView.epoch)).all()

export const attemptsOf = (db: Reader, trial: string): AttemptRow[] =>
  db.select().from(attemptView).where(eq(attemptView.trial, trial)).orderBy(asc(attemptView.number)).all()

export const artifactsOf = (db: Reader, trial: string): ArtifactRow[] =>
  db.select().from(artifactView).where(eq(artifactView.trial, trial)).orderBy(asc(artifactView.kind)).all()

/** Of the sweep's teachers, with how often they were computed and read. */
export const logitsOf = (db: Reader, sweep: string): LogitsRow[] =>
  db.select().from(logitsView).where(eq(logitsView.sweep, sweep)).orderBy(asc(logitsView.teacher)).all()

/** What the sweep's results were computed on. */
export const enginesIn = (db: Reader, sweep: string): SweepEngines =>
  enginesOf(
    db
      .select({ status: trialView.status, configuration: trialView.configuration, engines: trialView.engines })
      .from(trialView)
      .where(and(eq(trialView.sweep, sweep), eq(trialView.status, 'done')))
      .orderBy(asc(trialView.position))
      .all(),
  )
