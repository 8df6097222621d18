// A sweep with counts of its trials, and its best.
import { sql } from 'drizzle-orm'
import { integer, real, sqliteView, text } from 'drizzle-orm/sqlite-core'
import type { Experiment } from '../experiment.ts'
import { figure } from './figures.ts'

export const sweepView = sqliteView('sweep_view', {
  id: text('id').notNull(),
  description: text('description').notNull(),
  formula: text('formula').notNull(),
  experiment: text('experiment', { mode: 'json' }).$type<Experiment>().notNull(),
  status: text('status', { enum: ['running', 'interrupted', 'done', 'failed'] }).notNull(),
  createdAt: integer('created_at').notNull(),
  startedAt: integer('started_at').notNull(),
  finishedAt: integer('finished_at'),
  trials: integer('trials').notNull(),
  done: integer('done').notNull(),
  running: integer('running').notNull(),
  pending: integer('pending').notNull(),
  /** Diverged, failed, crashed, timed out, out of memory or skipped. */
  failed: integer('failed').notNull(),
  /** Stopped early, by the search. */
  stopped: integer('stopped').notNull(),
  /** Of the done ones, those that were done before the sweep was last started, and what training them had taken. */
  reused: integer('reused').notNull(),
  reusedSeconds: real('reused_seconds').notNull(),
  /** The highest mean of a configuration of students or baselines. */
  bestValidationAccuracy: real('best_validation_accuracy'),
  /** Of its teachers' logits. */
  logitsComputed: integer('logits_computed').notNull(),
  logitsReads: integer('logits_reads').notNull(),
}).as(sql`
  SELECT
    s.id, s.description, s.formula, s.experiment, s.status, s.created_at, s.started_at, s.finished_at,
    count(st.trial) AS trials,
    count(CASE WHEN t.status = 'done' THEN 1 END) AS done,
    count(CASE WHEN t.status = 'running' THEN 1 END) AS running,
    count(CASE WHEN t.status = 'pending' THEN 1 END) AS pending,
    count(CASE WHEN t.status NOT IN ('done', 'stopped early', 'running', 'pending') THEN 1 END) AS failed,
    count(CASE WHEN t.status = 'stopped early' THEN 1 END) AS stopped,
    count(CASE WHEN t.status = 'done' AND t.finished_at < s.started_at THEN 1 END) AS reused,
    coalesce(sum(CASE WHEN t.status = 'done' AND t.finished_at < s.started_at THEN (${figure('st', 'trainSeconds')}) END), 0) AS reused_seconds,
    -- What may be shipped: a teacher is not in the race. A mean, since the luckiest seed says little.
    (SELECT max(c.mean) FROM (
      SELECT avg((${figure('u', 'validationAccuracy')})) AS mean FROM sweep_trials u
      WHERE u.sweep = s.id AND u.role <> 'teacher' GROUP BY u.configuration) c) AS best_validation_accuracy,
    (SELECT coalesce(sum(l.computed), 0) FROM sweep_trials u JOIN logits l ON l.teacher_trial = u.trial
      WHERE u.sweep = s.id) AS logits_computed,
    (SELECT coalesce(sum(l.reads), 0) FROM sweep_trials u JOIN logits l ON l.teacher_trial = u.trial
      WHERE u.sweep = s.id) AS logits_reads
  FROM sweeps s
  LEFT JOIN sweep_trials st ON st.sweep = s.id
  LEFT JOIN trials t ON t.id = st.trial
  GROUP BY s.id
`)
