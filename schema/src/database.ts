// The store's tables, which only the orchestrator writes. Readers use the views in views.ts.
import { index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Artifact } from './artifact.ts'
import type { MeasuredName } from './definitions/derived.ts'
import type { RanEngine } from './engines.ts'
import type { Experiment } from './experiment.ts'
import type { BiasCorrection, PerClass } from './metrics.ts'
import type { AnyConfig } from './trial.ts'

/** Milliseconds since 1970, UTC. */
const instant = (name: string) => integer(name)

/**
 * One for each name; running a changed file under the same name changes its row and its trials. A sweep is done when
 * each of its trials has ended, however; it failed when the run itself ended by an error.
 */
export const sweeps = sqliteTable('sweeps', {
  id: text('id').primaryKey(), // the experiment's name
  description: text('description').notNull(),
  /** The file as it was written, with no default filled in. */
  experiment: text('experiment', { mode: 'json' }).$type<Experiment>().notNull(),
  /** The resolved loss formula. */
  formula: text('formula').notNull(),
  status: text('status', { enum: ['running', 'interrupted', 'done', 'failed'] }).notNull(),
  createdAt: instant('created_at').notNull(),
  startedAt: instant('started_at').notNull(),
  finishedAt: instant('finished_at'),
})

export const trialStatuses = [
  'pending',
  'running',
  'done',
  /** By the search, before its last epoch: it has epochs and a checkpoint, but was not measured. */
  'stopped early',
  'diverged',
  'failed',
  'crashed',
  'timed out',
  'out of memory',
  'skipped',
] as const
export type TrialStatus = (typeof trialStatuses)[number]

/** One for each resolved configuration, shared by all sweeps that ask for it. */
export const trials = sqliteTable(
  'trials',
  {
    id: text('id').primaryKey(),
    config: text('config', { mode: 'json' }).$type<AnyConfig>().notNull(),
    status: text('status', { enum: trialStatuses }).notNull(),
    /** Why it did not end as done. */
    reason: text('reason'),
    /** Of the last attempt. */
    engine: text('engine'),
    device: text('device'),
    threads: integer('threads'),
    versions: text('versions', { mode: 'json' }).$type<Record<string, string>>(),
    createdAt: instant('created_at').notNull(),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
    /** What it trained with where memory was short for the batch size that is written; null where it was not. */
    reducedBatchSize: integer('reduced_batch_size'),
    perClass: text('per_class', { mode: 'json' }).$type<PerClass>(),
    biasCorrection: text('bias_correction', { mode: 'json' }).$type<BiasCorrection>(),
  },
  (table) => [index('trials_status').on(table.status)],
)

/** One for each figure of a trial that is done. Which there are, and what each one is, is in definitions/metrics.ts. */
export const measurements = sqliteTable(
  'measurements',
  {
    trial: text('trial')
      .notNull()
      .references(() => trials.id),
    /** The form of the model: `float32`, as it was trained. */
    variant: text('variant').notNull(),
    /** Machine, runtime, provider and threads of a figure that depends on them; else empty. */
    condition: text('condition').notNull(),
    metric: text('metric').$type<MeasuredName>().notNull(),
    value: real('value').notNull(),
  },
  // Without a rowid, so that the rows of a trial lie together.
  (table) => [primaryKey({ columns: [table.trial, table.variant, table.condition, table.metric] })],
)

/** Which trials a sweep asks for, and what the experiment calls them. */
export const sweepTrials = sqliteTable(
  'sweep_trials',
  {
    sweep: text('sweep')
      .notNull()
      .references(() => sweeps.id, { onDelete: 'cascade' }),
    trial: text('trial')
      .notNull()
      .references(() => trials.id),
    /** Place in the plan, from 0. */
    position: integer('position').notNull(),
    role: text('role', { enum: ['teacher', 'student', 'baseline'] }).notNull(),
    /** The teacher's or student's id in the experiment. */
    model: text('model').notNull(),
    /** The teacher's id in the experiment, for role student. */
    teacher: text('teacher'),
    teacherTrial: text('teacher_trial').references(() => trials.id),
    /** The scratch baseline of the same student, axes and seed, for role student and for other baselines. */
    baselineTrial: text('baseline_trial').references(() => trials.id),
    temperature: real('temperature'),
    hardWeight: real('hard_weight'),
    softWeight: real('soft_weight'),
    seed: integer('seed').notNull(),
    /** Values of the experiment's `sweep` axes, by path. */
    axes: text('axes', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    /** Same for all replicates: SHA-256 of the configuration without its seed. */
    configuration: text('configuration').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.sweep, table.trial] }),
    index('sweep_trials_position').on(table.sweep, table.position),
    index('sweep_trials_configuration').on(table.sweep, table.configuration, table.trial),
    index('sweep_trials_trial').on(table.trial),
  ],
)

/** Every time a trial was started. */
export const attempts = sqliteTable(
  'attempts',
  {
    trial: text('trial')
      .notNull()
      .references(() => trials.id),
    /** From 1. */
    number: integer('number').notNull(),
    outcome: text('outcome', {
      enum: ['running', 'done', 'diverged', 'failed', 'crashed', 'timed out', 'out of memory', 'interrupted'],
    }).notNull(),
    reason: text('reason'),
    pid: integer('pid'),
    /** Where it ran or was to run; null where that was not known. */
    engine: text('engine'),
    device: text('device'),
    /** All that took part in what it holds, its checkpoint's among them; null until its model is compiled. */
    engines: text('engines', { mode: 'json' }).$type<RanEngine[]>(),
    /** Samples of a step; null of what is not trained. */
    batchSize: integer('batch_size'),
    /** The epoch whose checkpoint it went on from; 0 from the start. */
    resumedEpoch: integer('resumed_epoch').notNull().default(0),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at'),
  },
  (table) => [primaryKey({ columns: [table.trial, table.number] })],
)

export const epochs = sqliteTable(
  'epochs',
  {
    trial: text('trial')
      .notNull()
      .references(() => trials.id),
    epoch: integer('epoch').notNull(),
    trainLoss: real('train_loss').notNull(),
    hardLoss: real('hard_loss').notNull(),
    softLoss: real('soft_loss'),
    validationLoss: real('validation_loss').notNull(),
    validationAccuracy: real('validation_accuracy').notNull(),
    learningRate: real('learning_rate').notNull(),
    seconds: real('seconds').notNull(),
    imagesPerSecond: real('images_per_second').notNull(),
  },
  (table) => [primaryKey({ columns: [table.trial, table.epoch] })],
)

/** Files a trial left, content-addressed; two trials may name the same bytes. */
export const artifacts = sqliteTable(
  'artifacts',
  {
    trial: text('trial')
      .notNull()
      .references(() => trials.id),
    kind: text('kind').$type<Artifact['kind']>().notNull(),
    hash: text('hash').notNull(),
    bytes: integer('bytes').notNull(),
  },
  (table) => [primaryKey({ columns: [table.trial, table.kind] })],
)

/** The logits cache, with the proof that a teacher ran once: computed is 1 however many students read. */
export const logits = sqliteTable(
  'logits',
  {
    key: text('key').primaryKey(),
    teacherTrial: text('teacher_trial')
      .notNull()
      .references(() => trials.id),
    artifact: text('artifact').notNull(),
    trainSamples: integer('train_samples').notNull(),
    testSamples: integer('test_samples').notNull(),
    classes: integer('classes').notNull(),
    aligned: integer('aligned'),
    /** What computed them last. */
    engine: text('engine'),
    device: text('device'),
    seconds: real('seconds').notNull(),
    computed: integer('computed').notNull(),
    reads: integer('reads').notNull(),
  },
  (table) => [index('logits_teacher_trial').on(table.teacherTrial)],
)

/** How long a training step takes on each engine, by which "auto" chooses one: what was timed last. */
export const stepTimes = sqliteTable(
  'step_times',
  {
    /** SHA-256 of the step and the machine. */
    key: text('key').notNull(),
    engine: text('engine').notNull(),
    device: text('device').notNull(),
    /** The student's id in the experiment, for people. */
    model: text('model').notNull(),
    batchSize: integer('batch_size').notNull(),
    /** Processes that took steps at the same time, as the sweep's trials do. */
    atOnce: integer('at_once').notNull(),
    threads: integer('threads').notNull(),
    versions: text('versions', { mode: 'json' }).$type<Record<string, string>>().notNull(),
    /** The processor, its cores and Node.js. */
    machine: text('machine').notNull(),
    milliseconds: real('milliseconds').notNull(),
    timedAt: instant('timed_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.engine, table.device] })],
)
