// A configuration of a sweep over its replicates that are done; what is ranked.
import { sql } from 'drizzle-orm'
import { integer, real, sqliteView, text } from 'drizzle-orm/sqlite-core'

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
  /** Means over the replicates that are done. */
  validationAccuracy: real('validation_accuracy'),
  testAccuracy: real('test_accuracy'),
  validationLoss: real('validation_loss'),
  testLoss: real('test_loss'),
  /** Before biases were corrected; null where none were. */
  uncorrectedValidationAccuracy: real('uncorrected_validation_accuracy'),
  uncorrectedTestAccuracy: real('uncorrected_test_accuracy'),
  relativeAccuracy: real('relative_accuracy'),
  gain: real('gain'),
  teacherAgreement: real('teacher_agreement'),
  calibrationError: real('calibration_error'),
  scaledCalibrationError: real('scaled_calibration_error'),
  /** Where a replicate trained with smaller batches than written, since memory was short: the smallest, and the written. */
  reducedBatchSize: integer('reduced_batch_size'),
  writtenBatchSize: integer('written_batch_size'),
  /** Sample standard deviation of the test accuracy; null below two replicates. */
  testAccuracyDeviation: real('test_accuracy_deviation'),
  parameters: integer('parameters'),
  multiplyAccumulates: integer('multiply_accumulates'),
  onnxBytes: integer('onnx_bytes'),
}).as(sql`
  SELECT
    g.sweep, g.configuration, g.role, g.model, g.teacher, g.temperature, g.hard_weight, g.soft_weight, g.axes,
    g.planned, g.n,
    (SELECT st.trial FROM sweep_trials st JOIN trials t ON t.id = st.trial
      WHERE st.sweep = g.sweep AND st.configuration = g.configuration
      ORDER BY t.validation_accuracy DESC NULLS LAST, st.position LIMIT 1) AS trial,
    g.validation_accuracy, g.test_accuracy, g.validation_loss, g.test_loss,
    g.uncorrected_validation_accuracy, g.uncorrected_test_accuracy, g.relative_accuracy, g.gain, g.teacher_agreement,
    g.calibration_error, g.scaled_calibration_error, g.reduced_batch_size, g.written_batch_size,
    -- Divided by n - 1; below two replicates that is null.
    (SELECT sqrt(sum((t.test_accuracy - g.test_accuracy) * (t.test_accuracy - g.test_accuracy)) / nullif(g.n - 1, 0))
      FROM sweep_trials st JOIN trials t ON t.id = st.trial
      WHERE st.sweep = g.sweep AND st.configuration = g.configuration) AS test_accuracy_deviation,
    g.parameters, g.multiply_accumulates, g.onnx_bytes
  FROM (
    -- What is no mean is the same for all replicates.
    SELECT
      st.sweep, st.configuration,
      min(st.role) AS role, min(st.model) AS model, min(st.teacher) AS teacher, min(st.temperature) AS temperature,
      min(st.hard_weight) AS hard_weight, min(st.soft_weight) AS soft_weight, min(st.axes) AS axes,
      count(*) AS planned,
      sum(t.status = 'done') AS n,
      avg(t.validation_accuracy) AS validation_accuracy,
      avg(t.test_accuracy) AS test_accuracy,
      avg(t.validation_loss) AS validation_loss,
      avg(t.test_loss) AS test_loss,
      avg(json_extract(t.bias_correction, '$.before.validationAccuracy')) AS uncorrected_validation_accuracy,
      avg(json_extract(t.bias_correction, '$.before.testAccuracy')) AS uncorrected_test_accuracy,
      avg(t.test_accuracy / teacher.test_accuracy) AS relative_accuracy,
      avg(t.test_accuracy - baseline.test_accuracy) AS gain,
      avg(t.teacher_agreement) AS teacher_agreement,
      avg(t.calibration_error) AS calibration_error,
      avg(t.scaled_calibration_error) AS scaled_calibration_error,
      min(CASE WHEN t.status = 'done' THEN t.reduced_batch_size END) AS reduced_batch_size,
      -- A configuration is long; it is read where it says something.
      min(CASE WHEN t.status = 'done' AND t.reduced_batch_size IS NOT NULL
        THEN json_extract(t.config, '$.training.batchSize') END) AS written_batch_size,
      min(t.parameters) AS parameters,
      min(t.multiply_accumulates) AS multiply_accumulates,
      min(t.onnx_bytes) AS onnx_bytes
    FROM sweep_trials st
    JOIN trials t ON t.id = st.trial
    LEFT JOIN trials teacher ON teacher.id = st.teacher_trial
    LEFT JOIN trials baseline ON baseline.id = st.baseline_trial
    GROUP BY st.sweep, st.configuration
  ) g
`)
