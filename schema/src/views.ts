// The store's public views, which the dashboard and other readers may rely on. Their SQL is in the migrations.
import { integer, real, sqliteView, text } from 'drizzle-orm/sqlite-core'
import type { Artifact } from './artifact.ts'
import { trialStatuses } from './database.ts'
import type { RanEngine } from './engines.ts'
import type { Experiment } from './experiment.ts'
import type { BiasCorrection, PerClass } from './metrics.ts'
import type { AnyConfig } from './trial.ts'

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
  /** Of the done ones, those that were done before the sweep was last started, and what training them had taken. */
  reused: integer('reused').notNull(),
  reusedSeconds: real('reused_seconds').notNull(),
  /** The highest mean of a configuration of students or baselines. */
  bestValidationAccuracy: real('best_validation_accuracy'),
  /** Of its teachers' logits. */
  logitsComputed: integer('logits_computed').notNull(),
  logitsReads: integer('logits_reads').notNull(),
}).existing()

/** A trial as one sweep sees it. */
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
  /** The epoch whose weights were kept. */
  keptEpoch: integer('kept_epoch'),
  validationLoss: real('validation_loss'),
  validationAccuracy: real('validation_accuracy'),
  testLoss: real('test_loss'),
  testAccuracy: real('test_accuracy'),
  teacherAgreement: real('teacher_agreement'),
  /** Expected calibration error on the test split, before and after scaling by the temperature. */
  calibrationError: real('calibration_error'),
  scaledCalibrationError: real('scaled_calibration_error'),
  calibrationTemperature: real('calibration_temperature'),
  perClass: text('per_class', { mode: 'json' }).$type<PerClass>(),
  /** Where biases were corrected after training: by how much, and the figures before. */
  biasCorrection: text('bias_correction', { mode: 'json' }).$type<BiasCorrection>(),
  /** Test accuracy over the teacher's test accuracy. */
  relativeAccuracy: real('relative_accuracy'),
  /** Test accuracy minus the baseline's. */
  gain: real('gain'),
  /** The same two by validation accuracy. */
  relativeValidationAccuracy: real('relative_validation_accuracy'),
  validationGain: real('validation_gain'),
  parameters: integer('parameters'),
  multiplyAccumulates: integer('multiply_accumulates'),
  onnxBytes: integer('onnx_bytes'),
  trainSeconds: real('train_seconds'),
  /** Of its last epoch. */
  imagesPerSecond: real('images_per_second'),
}).existing()

/** A configuration of a sweep over its replicates that are done; what is ranked. */
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
}).existing()

export const epochView = sqliteView('epoch_view', {
  trial: text('trial').notNull(),
  epoch: integer('epoch').notNull(),
  trainLoss: real('train_loss').notNull(),
  hardLoss: real('hard_loss').notNull(),
  softLoss: real('soft_loss'),
  validationLoss: real('validation_loss').notNull(),
  validationAccuracy: real('validation_accuracy').notNull(),
  learningRate: real('learning_rate').notNull(),
  seconds: real('seconds').notNull(),
  imagesPerSecond: real('images_per_second').notNull(),
}).existing()

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
}).existing()

export const artifactView = sqliteView('artifact_view', {
  trial: text('trial').notNull(),
  kind: text('kind').$type<Artifact['kind']>().notNull(),
  hash: text('hash').notNull(),
  bytes: integer('bytes').notNull(),
}).existing()

/** The logits of a model that teaches, over its trials. */
export const logitsView = sqliteView('logits_view', {
  sweep: text('sweep').notNull(),
  /** The teacher's or student's id in the experiment. */
  teacher: text('teacher').notNull(),
  role: text('role', { enum: ['teacher', 'student', 'baseline'] }).notNull(),
  /** Whose logits were computed: where `computed` is as many, each was computed once. */
  trials: integer('trials').notNull(),
  /** Of one trial. */
  samples: integer('samples').notNull(),
  classes: integer('classes').notNull(),
  bytes: integer('bytes').notNull(),
  computed: integer('computed').notNull(),
  reads: integer('reads').notNull(),
  /** Seconds of teacher's forward passes that the reads saved. */
  savedSeconds: real('saved_seconds').notNull(),
}).existing()
