// What a training step takes on each engine, kept so that it is timed once.
import { stepTimes } from '@retort/schema/database'
import { eq, sql } from 'drizzle-orm'
import type { Store } from './store.ts'

type Row = typeof stepTimes.$inferSelect

/** On an engine; a time of other threads, versions or so many at once is none of it. */
export type StepTime = Pick<Row, 'engine' | 'device' | 'versions' | 'threads' | 'atOnce' | 'milliseconds'>

export const keptStepTimes = ({ db }: Store, key: string): StepTime[] =>
  db.select().from(stepTimes).where(eq(stepTimes.key, key)).all()

export function keepStepTimes(
  { db }: Store,
  step: Pick<Row, 'key' | 'model' | 'batchSize' | 'machine'>,
  times: StepTime[],
): void {
  if (times.length === 0) return
  const timedAt = Date.now()
  db.insert(stepTimes)
    .values(times.map((time) => ({ ...step, ...time, timedAt })))
    .onConflictDoUpdate({
      target: [stepTimes.key, stepTimes.engine, stepTimes.device],
      set: {
        model: sql`excluded.model`,
        atOnce: sql`excluded.at_once`,
        threads: sql`excluded.threads`,
        versions: sql`excluded.versions`,
        milliseconds: sql`excluded.milliseconds`,
        timedAt: sql`excluded.timed_at`,
      },
    })
    .run()
}
