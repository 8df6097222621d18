// What a sweep's page needs beside the shared queries.
import type { Reader } from '@retort/schema/open'
import type { SweepRow } from '@retort/schema/store/read/sweeps'
import { configurationView } from '@retort/schema/views'
import { and, eq, ne } from 'drizzle-orm'

/** The ids of a sweep's students, in the experiment's order, and of its teachers. */
export function modelsOf(sweep: SweepRow): { students: string[]; teachers: string[] } {
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
