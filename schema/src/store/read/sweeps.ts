// Sweeps, as lists and a sweep's head show them.
import { asc, desc, eq, sql } from 'drizzle-orm'
import type { Reader } from '../../open.ts'
import { perplexityOf } from '../../perplexity.ts'
import { presentStatus } from '../../runner.ts'
import { sweepView } from '../../views.ts'

export type SweepRow = typeof sweepView.$inferSelect

const atPresent = (sweep: SweepRow, { file }: Reader): SweepRow => ({
  ...sweep,
  status: presentStatus(sweep.status, file),
})

/** Running ones first, then the one that was started last. */
export const listSweeps = (db: Reader): SweepRow[] =>
  db
    .select()
    .from(sweepView)
    .orderBy(desc(sql`${sweepView.status} = 'running'`), desc(sweepView.startedAt), asc(sweepView.id))
    .all()
    .map((sweep) => atPresent(sweep, db))

export function sweepOf(db: Reader, id: string): SweepRow | undefined {
  const found = db.select().from(sweepView).where(eq(sweepView.id, id)).get()
  return found && atPresent(found, db)
}

/** What a loss comes to where the classes of a sweep's data are tokens; else null. */
export function perplexityIn({ experiment }: SweepRow): (loss: number | null) => number | null {
  const { dataset } = experiment
  return (loss) => perplexityOf(dataset, loss)
}
