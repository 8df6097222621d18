// Trials as a sweep's page lists them.
import type { Reader } from '@retort/schema/open'
import { listedColumns } from '@retort/schema/store/read/trials'
import { trialView } from '@retort/schema/views'
import { and, asc, count, eq, inArray } from 'drizzle-orm'
import type { StatusGroup } from '../view/sweepQuery.ts'
import { statusesOf } from './statuses.ts'

export const trialsPageSize = 25

/** A page of the sweep's trials of one status group, in the plan's order. */
export function listTrials(db: Reader, sweep: string, group: StatusGroup, page: number) {
  const where = and(eq(trialView.sweep, sweep), inArray(trialView.status, statusesOf[group]))
  return db
    .select(listedColumns)
    .from(trialView)
    .where(where)
    .orderBy(asc(trialView.position))
    .limit(trialsPageSize)
    .offset((page - 1) * trialsPageSize)
    .all()
}
export type ListedTrial = ReturnType<typeof listTrials>[number]

/** How many trials failed in which way. */
export const failuresOf = (db: Reader, sweep: string) =>
  db
    .select({ status: trialView.status, trials: count() })
    .from(trialView)
    .where(and(eq(trialView.sweep, sweep), inArray(trialView.status, statusesOf.failed)))
    .groupBy(trialView.status)
    .all()
