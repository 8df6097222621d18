// Trials as a sweep lists them, and one trial with all that is known of it.
import { enginesOf, type SweepEngines } from '@retort/schema/engines'
import type { Reader } from '@retort/schema/open'
import { artifactView, attemptView, epochView, trialView } from '@retort/schema/views'
import { and, asc, count, eq, getViewSelectedFields, inArray } from 'drizzle-orm'
import type { StatusGroup } from '../view/sweepQuery.ts'
import { statusesOf } from './statuses.ts'

export const trialsPageSize = 25

export type Trial = typeof trialView.$inferSelect
export type Epoch = typeof epochView.$inferSelect
export type Attempt = typeof attemptView.$inferSelect
export type ArtifactRow = typeof artifactView.$inferSelect

/** A page of the sweep's trials of one status group, in the plan's order. */
export function listTrials(db: Reader, sweep: string, group: StatusGroup, page: number) {
  const where = and(eq(trialView.sweep, sweep), inArray(trialView.status, statusesOf[group]))
  // Configurations and versions are long, and no list shows them.
  const { config: _config, versions: _versions, ...columns } = getViewSelectedFields(trialView)
  return db
    .select(columns)
    .from(trialView)
    .where(where)
    .orderBy(asc(trialView.position))
    .limit(trialsPageSize)
    .offset((page - 1) * trialsPageSize)
    .all()
}
export type ListedTrial = ReturnType<typeof listTrials>[number]

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

/** How many trials failed in which way. */
export const failuresOf = (db: Reader, sweep: string) =>
  db
    .select({ status: trialView.status, trials: count() })
    .from(trialView)
    .where(and(eq(trialView.sweep, sweep), inArray(trialView.status, statusesOf.failed)))
    .groupBy(trialView.status)
    .all()

export const findTrial = (db: Reader, sweep: string, trial: string): Trial | undefined =>
  db
    .select()
    .from(trialView)
    .where(and(eq(trialView.sweep, sweep), eq(trialView.trial, trial)))
    .get()

/** The same configuration under every seed, this trial among them. */
export const replicatesOf = (db: Reader, { sweep, configuration }: Trial): Trial[] =>
  db
    .select()
    .from(trialView)
    .where(and(eq(trialView.sweep, sweep), eq(trialView.configuration, configuration)))
    .orderBy(asc(trialView.seed))
    .all()

export const epochsOf = (db: Reader, trial: string): Epoch[] =>
  db.select().from(epochView).where(eq(epochView.trial, trial)).orderBy(asc(epochView.epoch)).all()

export const attemptsOf = (db: Reader, trial: string): Attempt[] =>
  db.select().from(attemptView).where(eq(attemptView.trial, trial)).orderBy(asc(attemptView.number)).all()

export const artifactsOf = (db: Reader, trial: string): ArtifactRow[] =>
  db.select().from(artifactView).where(eq(artifactView.trial, trial)).orderBy(asc(artifactView.kind)).all()
