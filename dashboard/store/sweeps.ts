// Sweeps as the list and a sweep's header show them.
import type { Reader } from '@retort/schema/open'
import { presentStatus } from '@retort/schema/runner'
import { configurationView, logitsView, sweepView } from '@retort/schema/views'
import { and, desc, eq, ne, sql } from 'drizzle-orm'

export type Sweep = typeof sweepView.$inferSelect

const atPresent = (sweep: Sweep, { file }: Reader): Sweep => ({
  ...sweep,
  status: presentStatus(sweep.status, file),
})

/** Running ones first, then the latest. */
export const listSweeps = (db: Reader): Sweep[] =>
  db
    .select()
    .from(sweepView)
    .orderBy(desc(sql`${sweepView.status} = 'running'`), desc(sweepView.startedAt))
    .all()
    .map((sweep) => atPresent(sweep, db))

export function findSweep(db: Reader, id: string): Sweep | undefined {
  const found = db.select().from(sweepView).where(eq(sweepView.id, id)).get()
  return found && atPresent(found, db)
}

/** Of each teacher's logits. */
export type Logits = typeof logitsView.$inferSelect

export const logitsOf = (db: Reader, sweep: string): Logits[] =>
  db.select().from(logitsView).where(eq(logitsView.sweep, sweep)).orderBy(logitsView.teacher).all()

/** The ids of a sweep's students, in the experiment's order, and of its teachers. */
export function modelsOf(sweep: Sweep): { students: string[]; teachers: string[] } {
  return {
    students: sweep.experiment.students.map(({ id }) => id),
    teachers: (sweep.experiment.teachers ?? []).map(({ id }) => id),
  }
}

/** The teachers' results: the ceiling. */
export const teachersOf = (db: Reader, sweep: string) =>
  db
    .select()
    .from(configurationView)
    .where(and(eq(configurationView.sweep, sweep), eq(configurationView.role, 'teacher'), ne(configurationView.n, 0)))
    .orderBy(configurationView.model)
    .all()
export type TeacherResult = ReturnType<typeof teachersOf>[number]
