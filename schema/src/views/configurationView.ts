// A configuration of a sweep over its replicates that are done; what is ranked.
import { sql } from 'drizzle-orm'
import { integer, real, sqliteView, text } from 'drizzle-orm/sqlite-core'
import { configurationFigures, configurationFiguresOf, figure } from './figures.ts'

export const configurationView = sqliteView('configuration_view', {
  sweep: text('sweep').notNull(),
  configuration: text('configuration').notNull(),
  role: text('role', { enum: ['teacher', 'student', 'baseline'] }).notNull(),
  model: text('model').notNull(),
  teacher: text('teacher'),
  temperature: real('temperature'),
  hardWeight: real('hard_weight'),
  softWeight: real('soft_weight'),
  axes: text('axes', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  /** Replicates planned, and done. */
  planned: integer('planned').notNull(),
  n: integer('n').notNull(),
  /** The replicate with the highest validation accuracy, or the first while none is done. */
  trial: text('trial').notNull(),
  ...configurationFigures,
  /** Where a replicate trained with smaller batches than written, since memory was short: the smallest, and the written. */
  reducedBatchSize: integer('reduced_batch_size'),
  writtenBatchSize: integer('written_batch_size'),
  /** Sample standard deviation of the test accuracy; null below two replicates. */
  testAccuracyDeviation: real('test_accuracy_deviation'),
}).as(sql`
  SELECT
    g.sweep, g.configuration, g.role, g.model, g.teacher, g.temperature, g.hard_weight, g.soft_weight, g.axes,
    g.planned, g.n,
    (SELECT u.trial FROM sweep_trials u WHERE u.sweep = g.sweep AND u.configuration = g.configuration
      ORDER BY (${figure('u', 'validationAccuracy')}) DESC NULLS LAST, u.position LIMIT 1) AS trial,
    ${configurationFiguresOf('g')},
    g.reduced_batch_size, g.written_batch_size,
    -- Divided by n - 1; below two replicates that is null.
    (SELECT sqrt(sum((r.value - r.mean) * (r.value - r.mean)) / nullif(g.n - 1, 0)) FROM (
      SELECT v.value, avg(v.value) OVER () AS mean FROM (
        SELECT (${figure('u', 'testAccuracy')}) AS value FROM sweep_trials u
        WHERE u.sweep = g.sweep AND u.configuration = g.configuration) v) r) AS test_accuracy_deviation
  FROM (
    SELECT
      st.sweep, st.configuration,
      min(st.role) AS role, min(st.model) AS model, min(st.teacher) AS teacher, min(st.temperature) AS temperature,
      min(st.hard_weight) AS hard_weight, min(st.soft_weight) AS soft_weight, min(st.axes) AS axes,
      count(*) AS planned,
      sum(t.status = 'done') AS n,
      min(CASE WHEN t.status = 'done' THEN t.reduced_batch_size END) AS reduced_batch_size,
      -- A configuration is long; it is read where it says something.
      min(CASE WHEN t.status = 'done' AND t.reduced_batch_size IS NOT NULL
        THEN json_extract(t.config, '$.training.batchSize') END) AS written_batch_size
    FROM sweep_trials st
    JOIN trials t ON t.id = st.trial
    GROUP BY st.sweep, st.configuration
  ) g
`)
