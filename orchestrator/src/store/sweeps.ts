// Writes what is to be run: a sweep and its trials; and sets right what a killed run left behind.
import { attempts, sweeps, sweepTrials, trials } from '@retort/schema/database'
import { eq, sql } from 'drizzle-orm'
import { distillationColumns } from '../plan/columns.ts'
import type { Plan } from '../plan/plan.ts'
import type { Store } from './store.ts'

export type SweepStatus = (typeof sweeps.$inferSelect)['status']

/** Saves the sweep as running. A sweep of this name gets the plan's trials; trials that are known keep their state. */
export function saveSweep(store: Store, plan: Plan): void {
  const { db } = store
  const now = Date.now()
  const place = sql.placeholder
  store.flush()
  db.transaction(
    () => {
      const row = {
        description: plan.description,
        experiment: plan.source,
        formula: plan.formula,
        status: 'running' as const,
        startedAt: now,
        finishedAt: null,
      }
      db.insert(sweeps)
        .values({ id: plan.name, createdAt: now, ...row })
        .onConflictDoUpdate({ target: sweeps.id, set: row })
        .run()
      const insertTrial = db
        .insert(trials)
        .values({ id: place('id'), config: place('config'), status: 'pending', createdAt: now })
        .onConflictDoNothing()
        .prepare()
      // All trials first: a student's row refers to its teacher's and its baseline's.
      for (const { id, config } of plan.trials) insertTrial.run({ id, config })
      db.delete(sweepTrials).where(eq(sweepTrials.sweep, plan.name)).run()
      const insertPlace = db
        .insert(sweepTrials)
        .values({
          sweep: plan.name,
          trial: place('trial'),
          position: place('position'),
          role: place('role'),
          model: place('model'),
          teacher: place('teacher'),
          teacherTrial: place('teacherTrial'),
          baselineTrial: place('baselineTrial'),
          temperature: place('temperature'),
          hardWeight: place('hardWeight'),
          softWeight: place('softWeight'),
          seed: place('seed'),
          axes: place('axes'),
          configuration: place('configuration'),
        })
        .prepare()
      for (const [position, { id, config, ...names }] of plan.trials.entries()) {
        insertPlace.run({
          ...names,
          trial: id,
          position,
          ...distillationColumns(config),
          seed: config.seed,
        })
      }
    },
    { behavior: 'immediate' },
  )
}

export function endSweep(store: Store, name: string, status: Exclude<SweepStatus, 'running'>): void {
  store.flush()
  store.db.update(sweeps).set({ status, finishedAt: Date.now() }).where(eq(sweeps.id, name)).run()
}

/**
 * For whoever holds the store's lock while no trial runs: what still counts as running was cut off.
 * @param reason of the attempts' end
 * @returns the processes of these trials, which may need a moment to notice
 */
export function closeRunning(store: Store, reason: string): number[] {
  const { db } = store
  store.flush()
  return db.transaction(
    () => {
      const pids = db.select({ pid: attempts.pid }).from(attempts).where(eq(attempts.outcome, 'running')).all()
      const now = Date.now()
      db.update(attempts)
        .set({ outcome: 'interrupted', reason, finishedAt: now })
        .where(eq(attempts.outcome, 'running'))
        .run()
      db.update(trials).set({ status: 'pending' }).where(eq(trials.status, 'running')).run()
      db.update(sweeps).set({ status: 'interrupted', finishedAt: now }).where(eq(sweeps.status, 'running')).run()
      return pids.flatMap(({ pid }) => pid ?? [])
    },
    { behavior: 'immediate' },
  )
}
