// A trial as one sweep sees it.
import { sql } from 'drizzle-orm'
import { integer, real, sqliteView, text } from 'drizzle-orm/sqlite-core'
import { trialStatuses } from '../database.ts'
import type { RanEngine } from '../engines.ts'
import type { BiasCorrection, PerClass } from '../metrics.ts'
import type { AnyConfig } from '../trial.ts'
import { trialFigures, trialFiguresOf } from './figures.ts'

export const trialView = sqliteView('trial_view', {
  sweep: text('sweep').notNull(),
  trial: text('trial').notNull(),
  position: integer('position').notNull(),
  role: text('role', { enum: ['teacher', 'student', 'baseline'] }).notNull(),
  model: text('model').notNull(),
  architecture: text('architecture').notNull(), // its type
  teacher: text('teacher'),
  teacherTrial: text('teacher_trial'),
  baselineTrial: text('baseline_trial'),
  temperature: real('temperature'),
  hardWeight: real('hard_weight'),
  softWeight: real('soft_weight'),
  seed: integer('seed').notNull(),
  axes: text('axes', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  configuration: text('configuration').notNull(),
  config: text('config', { mode: 'json' }).$type<AnyConfig>().notNull(),
  status: text('status', { enum: trialStatuses }).notNull(),
  reason: text('reason'),
  engine: text('engine'),
  device: text('device'),
  threads: integer('threads'),
  versions: text('versions', { mode: 'json' }).$type<Record<string, string>>(),
  /** All that took part in what it holds, more than one where a checkpoint of another was gone on from. */
  engines: text('engines', { mode: 'json' }).$type<RanEngine[]>(),
  startedAt: integer('started_at'),
  finishedAt: integer('finished_at'),
  attempts: integer('attempts').notNull(),
  /** As written, null of what is not trained; and what it trained with where memory was short for that. */
  batchSize: integer('batch_size'),
  reducedBatchSize: integer('reduced_batch_size'),
  /** Last epoch that was recorded, and how many there are to be. */
  epoch: integer('epoch').notNull(),
  epochs: integer('epochs').notNull(),
  ...trialFigures,
  perClass: text('per_class', { mode: 'json' }).$type<PerClass>(),
  /** Where biases were corrected after training: by how much, and the figures before. */
  biasCorrection: text('bias_correction', { mode: 'json' }).$type<BiasCorrection>(),
  /** Of its last epoch. */
  imagesPerSecond: real('images_per_second'),
}).as(sql`
  SELECT
    st.sweep, st.trial, st.position, st.role, st.model,
    json_extract(t.config, '$.architecture.type') AS architecture,
    st.teacher, st.teacher_trial, st.baseline_trial, st.temperature, st.hard_weight, st.soft_weight, st.seed, st.axes,
    st.configuration, t.config, t.status, t.reason, t.engine, t.device, t.threads, t.versions,
    CASE WHEN t.engine IS NOT NULL THEN coalesce(
      (SELECT a.engines FROM attempts a WHERE a.trial = st.trial AND a.engines IS NOT NULL ORDER BY a.number DESC LIMIT 1),
      json_array(json_object('engine', t.engine, 'device', t.device))) END AS engines,
    t.started_at, t.finished_at,
    (SELECT count(*) FROM attempts a WHERE a.trial = st.trial) AS attempts,
    json_extract(t.config, '$.training.batchSize') AS batch_size, t.reduced_batch_size,
    coalesce((SELECT max(e.epoch) FROM epochs e WHERE e.trial = st.trial), 0) AS epoch,
    json_extract(t.config, '$.training.epochs') AS epochs,
    ${trialFiguresOf('st')},
    t.per_class, t.bias_correction,
    (SELECT e.images_per_second FROM epochs e WHERE e.trial = st.trial ORDER BY e.epoch DESC LIMIT 1) AS images_per_second
  FROM sweep_trials st
  JOIN trials t ON t.id = st.trial
`)
