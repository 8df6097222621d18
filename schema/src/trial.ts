// What a trial is: its resolved configuration, whose hash is its identity. Plain data only.
import type {
  Architecture,
  Augmentation,
  Dataset,
  LabelLoss,
  LossWeights,
  Objective,
  Optimizer,
  Schedule,
  Training,
  WeightCourse,
} from './experiment.ts'
import type { ResolvedGiven } from './given.ts'
import type { Resolved } from './resolved.ts'
import type { TrialId } from './trialId.ts'

export type ResolvedDataset = ReadDataset | RetokenizedDataset

type ReadDataset = Resolved<Dataset> & {
  /** SHA-256 of what its files hold, wherever they lie; left out until they are read. */
  sha256?: string
}
/** Data whose samples are drawn by their split's seed, and may be augmented. */
export type DrawnDataset = Exclude<ResolvedDataset, { type: 'next-token' | 'retokenized' }>

type NextToken = Extract<ReadDataset, { type: 'next-token' }>

/** A text as a teacher reads it by a tokenizer of its own. */
export interface RetokenizedDataset {
  type: 'retokenized'
  /** What its students learn from. */
  of: NextToken
  /** The teacher's. */
  tokenizer: NextToken['tokenizer']
  /** Of its windows; null for as few positions as it needs. */
  length: number | null
}

export type ResolvedAugmentation = Resolved<Augmentation>
export type ResolvedArchitecture = Resolved<Architecture>
export type ResolvedOptimizer = Resolved<Optimizer>
export type ResolvedSchedule = Resolved<Schedule>
export type ResolvedObjective = Resolved<Objective>
export type ResolvedLabelLoss = Resolved<LabelLoss>

/** Which epoch's weights a trial ends with: the last one's, or those of the highest validation accuracy. */
export type Keep = NonNullable<Training['keep']>

/** What becomes of a trial whose memory was short. */
export type OutOfMemory = NonNullable<Training['outOfMemory']>

export interface ResolvedTraining {
  epochs: number
  batchSize: number
  /** Classes whose samples are left out of training. */
  omitClasses: number[]
  /** Whether the biases of these are corrected afterwards by the class prior. */
  correctBias: boolean
  outOfMemory: OutOfMemory
  optimizer: ResolvedOptimizer
  schedule: ResolvedSchedule
  keep: Keep
  labelLoss: ResolvedLabelLoss
}

/** A temperature or weight that changes from epoch to epoch. */
export type Course = Resolved<WeightCourse>

export interface Distillation {
  /** The teacher's trial. */
  teacher: TrialId
  /** What the soft part of the loss is the sum of. */
  objective: ResolvedObjective[]
  /** Null where no objective reads it. */
  temperature: number | Course | null
  weights: Resolved<LossWeights>
}

/**
 * All that decides what a trial computes, and so its identity. Names, engine, device and threads are no part
 * of it, nor is whether others learn from it.
 */
export interface TrialConfig {
  role: 'teacher' | 'student'
  dataset: ResolvedDataset
  architecture: ResolvedArchitecture
  training: ResolvedTraining
  seed: number
  /** Null for teachers, and for baselines, which learn from the labels alone. */
  distillation: Distillation | null
}

/** The same of a teacher that is not trained here: its trial is to measure it. */
export interface GivenConfig {
  role: 'given'
  dataset: ResolvedDataset
  architecture: ResolvedGiven
  training: { epochs: 0 }
  seed: 0
  distillation: null
}

export type AnyConfig = TrialConfig | GivenConfig
