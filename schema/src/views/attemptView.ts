// The attempts of a trial.
import { sql } from 'drizzle-orm'
import { integer, sqliteView, text } from 'drizzle-orm/sqlite-core'
import type { RanEngine } from '../engines.ts'

export const attemptView = sqliteView('attempt_view', {
  trial: text('trial').notNull(),
  number: integer('number').notNull(),
  outcome: text('outcome').notNull(),
  reason: text('reason'),
  pid: integer('pid'),
  engine: text('engine'),
  device: text('device'),
  engines: text('engines', { mode: 'json' }).$type<RanEngine[]>(),
  /** Samples of a step; null of what is not trained. */
  batchSize: integer('batch_size'),
  resumedEpoch: integer('resumed_epoch').notNull(),
  startedAt: integer('started_at').notNull(),
  finishedAt: integer('finished_at'),
}).as(sql`
  SELECT trial, number, outcome, reason, pid, engine, device, engines, batch_size, resumed_epoch, started_at, finished_at
  FROM attempts
`)
