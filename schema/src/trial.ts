// What crosses the border between the orchestrator and a trial's process: what to train, what it tells
// on the way, how it ended. Plain data only.
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
import type { NamedEnsemble, ResolvedGiven } from './given.ts'
import type { Resolved } from './resolved.ts'

export type ResolvedDataset = Resolved<Dataset> | RetokenizedDataset
/** Data whose samples are drawn by their split's seed, and may be augmented. */
export type DrawnDataset = Exclude<ResolvedDataset, { type: 'next-token' | 'retokenized' }>

type NextToken = Extract<Resolved<Dataset>, { type: 'next-token' }>

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

/** SHA-256 of a trial's resolved configuration as canonical JSON, in hexadecimal. */
export type TrialId = string

/** SHA-256 of an artifact's bytes, in hexadecimal; where it lies follows from it. */
export type ArtifactHash = string

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

/**
 * A teacher's raw logits over the whole training file in each of its views, then the reported test
 * samples; little-endian, float32 for a class of each sample, float16 for a class of each position. Of a teacher whose
 * tokens are others: float16 logits of the training file's positions that have some, each row the largest first, then a
 * byte for each position, 1 where it has. The file ends with 64 bytes: SHA-256 of the teacher's weights and of the data.
 */
export interface LogitsArtifact {
  /** SHA-256 over the teacher's weights, the data, the preprocessing and the type of the numbers. */
  key: string
  artifact: ArtifactHash
  trainSamples: number
  testSamples: number
  /** The teacher's, which are others than the data's where it has a tokenizer of its own. */
  classes: number
  /** Of how many positions of the training file there are logits where the teacher's tokens are others; else null. */
  aligned: number | null
  /** What computing them took, and so what every read saves. */
  seconds: number
}

export interface Placement {
  engine: 'auto' | 'onnx' | 'tensorflow'
  device: 'auto' | 'cpu' | 'webgpu' | 'cuda'
  threads: number
}

/** How much of a model's forward pass is done at once, which changes no result but for rounding. */
export interface Predicting {
  /** At most so many samples, after memory was short for more; left out for as many as usual. */
  predictionBatch?: number
}

export interface TrialRequest extends Predicting {
  task: 'train'
  trial: TrialId
  /** The trial's, with a smaller batch size after it ran out of memory. */
  config: TrialConfig
  placement: Placement
  /** The store's folder; each artifact's place in it is artifactPath(artifacts, hash) of artifact.ts. */
  artifacts: string
  /** File of this trial's checkpoint; absent until the first one is written. */
  checkpoint: string
  /** The teacher's logits where there is distillation. */
  logits: LogitsArtifact | null
  /** The teacher itself where objectives compare its features with the student's. */
  teacher: { architecture: ResolvedArchitecture; weights: ArtifactHash } | null
}

/** Has a teacher measured that is not trained here. */
export interface EvaluateRequest extends Predicting {
  task: 'evaluate'
  trial: TrialId
  config: GivenConfig
  placement: Placement
  /** The store's folder. */
  artifacts: string
  /** Of an ensemble: its members', in their order. */
  members: LogitsArtifact[]
}

/** Has the logits of a trial that is done computed, for those that learn from it. */
export interface LogitsRequest extends Predicting {
  task: 'logits'
  trial: TrialId
  config: AnyConfig
  placement: Placement
  /** The store's folder. */
  artifacts: string
  /** What the trial has left; null where it trained nothing. */
  weights: ArtifactHash | null
  members: LogitsArtifact[]
}

export type LogitsResult =
  | { outcome: 'computed'; artifact: Artifact; logits: LogitsArtifact }
  | Exclude<TrialResult, { outcome: 'done' | 'diverged' }>

/** Trials that differ in nothing but seed, temperature, loss weights, learning rate and schedule, to train as one. */
export interface TrainGroupRequest {
  task: 'train group'
  /** Answered with as many results, in order. */
  requests: TrialRequest[]
}

/** What a group's process tells: an event of one of its trials, by its place among the requests. */
export interface MemberEvent {
  type: 'member'
  member: number
  event: TrialEvent
}

/** Whether as many trials like this one train faster as one group. */
export interface TimeGroupRequest {
  task: 'time group'
  config: TrialConfig
  /** What the teacher reads, where its tokens are others. */
  teachersText?: RetokenizedDataset | null
  placement: Placement
  /** The store's folder. */
  artifacts: string
  members: number
}

/** Milliseconds of a trial's training step: by itself, and as a member of the group. */
export interface TimeGroupResult {
  alone: number
  /** Null where such trials cannot train as a group, with the problem. */
  together: number | null
  problem: string | null
}

export interface EpochRecord {
  /** From 1. */
  epoch: number
  /**
   * Means over the epoch's steps; hard and soft are the parts before the loss weights, soft the sum of the objectives with
   * their own weights; softLoss null without a teacher.
   */
  trainLoss: number
  hardLoss: number
  softLoss: number | null
  validationLoss: number
  validationAccuracy: number
  /** At the epoch's last step. */
  learningRate: number
  /** Training alone, without validation. */
  seconds: number
  imagesPerSecond: number
}

export interface Artifact {
  kind: 'onnx' | 'weights' | 'topology' | 'tokenizer' | 'logits'
  hash: ArtifactHash
  bytes: number
}

export interface RanOn {
  engine: 'onnx' | 'tensorflow'
  device: string
  threads: number
  /** Package versions, node's included. */
  versions: Record<string, string>
}

/** Of the test split, by class. */
export interface PerClass {
  correct: number[]
  samples: number[]
  /** What the data calls the classes, where it does. */
  names: string[] | null
}

/** What the correction of the biases of classes left out of training (`training.correctBias`) has changed. */
export interface BiasCorrection {
  /** What was added to each class's bias. */
  shifts: number[]
  /** Figures of the model as it was trained; those of the trial are after the correction. */
  before: Pick<TrialMetrics, 'validationLoss' | 'validationAccuracy' | 'testLoss' | 'testAccuracy'> & {
    /** Right answers on the test split, by class. */
    correct: number[]
  }
}

export interface TrialMetrics {
  /** The epoch whose weights these are. */
  keptEpoch: number
  validationLoss: number
  validationAccuracy: number
  testLoss: number
  testAccuracy: number
  /** Share of the reported test samples on which student and teacher name the same class; null without a teacher. */
  teacherAgreement: number | null
  /** Expected calibration error on the test split, with 15 bins (arXiv:1706.04599). */
  calibrationError: number
  /** The same after the logits are divided by the temperature that fits the validation split best. */
  scaledCalibrationError: number
  calibrationTemperature: number
  perClass: PerClass
  /** Null where nothing was corrected. */
  biasCorrection: BiasCorrection | null
  /** Weights, the untrained ones (batch norm's statistics) included. */
  parameters: number
  /** Of one sample's forward pass. */
  multiplyAccumulates: number
  onnxBytes: number
  /** Of training, over all attempts. */
  trainSeconds: number
}

type Unknowable = Exclude<keyof TrialMetrics, 'trainSeconds'>

/** Of a teacher that is not trained here; null is what nobody knows of it. */
export type GivenMetrics = {
  [K in keyof TrialMetrics]: K extends Unknowable ? TrialMetrics[K] | null : TrialMetrics[K]
}

/** What a trial's process tells while it runs. */
export type TrialEvent =
  | {
      type: 'started'
      ranOn: RanOn
      pid: number
      resumedFrom: { epoch: number; step: number } | null
      compileSeconds: number
    }
  | { type: 'progress'; epoch: number; epochs: number; step: number; steps: number }
  /**
   * Sent again for earlier epochs after a resume; the same epoch's record is the same, but for how long it took where it
   * was trained again.
   */
  | { type: 'epoch'; record: EpochRecord }
  /** It has read its teacher's logits. */
  | { type: 'read'; logits: LogitsArtifact }

/** How a trial's attempt ended, where its process lived to tell. */
export type TrialResult =
  | { outcome: 'done'; metrics: TrialMetrics; artifacts: Artifact[] }
  | { outcome: 'diverged'; epoch: number; step: number; reason: string }
  /** `predictionBatch` where it was short for a forward pass: of so many samples. */
  | ({ outcome: 'out of memory'; reason: string } & Predicting)
  /** Stopped on request, with a checkpoint. */
  | { outcome: 'interrupted' }
  /** An error of the trial itself that no retry mends. */
  | { outcome: 'failed'; reason: string }

export type EvaluateResult =
  | Exclude<TrialResult, { outcome: 'done' }>
  | { outcome: 'done'; metrics: GivenMetrics; artifacts: Artifact[] }

/** What the orchestrator tells a running trial. */
export type TrialCommand = { type: 'stop' }

/** Sizes of a model, asked for without training it. */
export interface InspectRequest {
  task: 'inspect'
  dataset: ResolvedDataset
  /** The store's folder, in which token ids of texts are kept, and whether any may be written; left out for nowhere. */
  keeping?: { folder: string; write: boolean }
  architectures: (ResolvedArchitecture | ResolvedGiven | NamedEnsemble)[]
}

export type Inspected =
  | {
      parameters: number | null
      multiplyAccumulates: number | null
      onnxBytes: number | null
      /**
       * By the layer's name: the shape of what it gives for one sample, of which null is any length. Null for a teacher
       * that is known by its logits alone.
       */
      layers: Record<string, (number | null)[]> | null
      /** What is done differently from what a model's file says, in sentences for people. */
      notes: string[]
    }
  /**
   * The model cannot be built for this data; `path` is relative to the architecture. `within` is a place of a model's
   * file, where the problem is one of it.
   */
  | { problem: string; path: string[]; within?: (string | number)[] }

export interface InspectResult {
  dataset:
    | {
        inputShape: number[]
        /** What token ids are below; null where inputs are no token ids. */
        vocabulary: number | null
        classes: number
        trainSamples: number
        validationSamples: number
        testSamples: number
        /** What is to be told of its files, in sentences for people. */
        notes?: string[]
        /** Of a teacher's own tokens. */
        retokenized: InspectedTokens | null
      }
    | { problem: string; path: string[] }
  /** In the request's order; empty where the dataset has a problem. */
  models: Inspected[]
}

/** A teacher's tokens beside those of its students. */
export interface InspectedTokens {
  /** Positions of the students' training file, validation included, and how many of them the teacher has logits of. */
  positions: number
  aligned: number
  /** The first differences of the tokenizers, in words; none where they are the same. */
  differences: string[]
}

/** Where the time of a model's training steps goes. */
export interface ProfileRequest {
  task: 'profile'
  config: TrialConfig
  /** What the teacher reads, where its tokens are others. */
  teachersText?: RetokenizedDataset | null
  /** The teacher's where objectives compare features. */
  teacher: ResolvedArchitecture | null
  placement: Placement
  /** How many steps are measured. */
  steps: number
}

/** Times of one operator of the training step's graph. */
export interface ProfiledOperator {
  /** As onnxruntime names it. */
  operator: string
  /** The layer whose weights it reads or helps to update, or the one before it; null where there is none. */
  layer: string | null
  /** Such as `float[128,28,28,32]`. */
  inputs: string[]
  outputs: string[]
  /** onnxruntime's execution provider. */
  provider: string
  /** Of one step, the median. */
  milliseconds: number
  /** Of the time that all operators take. */
  share: number
}

export interface ProfileResult {
  ranOn: RanOn
  batchSize: number
  steps: number
  /** Tracing and compiling the training step. */
  compileSeconds: number
  /** Median, without the profiler. */
  stepMilliseconds: number
  imagesPerSecond: number
  /** Costliest first. */
  operators: ProfiledOperator[]
}

export interface ProbeRequest {
  task: 'probe'
}

/** What the engines say of this machine, best first. */
export interface ProbeResult {
  engines: {
    engine: 'onnx' | 'tensorflow'
    device: string
    works: boolean
    detail: string
    versions: Record<string, string>
  }[]
  /** TensorFlow.js's kernels, and whether the onnx engine has a rule for each. */
  kernels: { kernel: string; rule: boolean }[]
}
