// What the orchestrator asks a child process beside trials: what this machine has, what a model is and how fast it trains.
// Plain data only.
import type { NamedEnsemble, ResolvedGiven, Settled } from './given.ts'
import type { Placement, RanOn } from './messages.ts'
import type { ResolvedArchitecture, ResolvedDataset, RetokenizedDataset, TrialConfig } from './trial.ts'

/** Whether as many trials like this one train faster as one group. */
export interface TimeGroupRequest {
  task: 'time group'
  config: TrialConfig
  /** The teacher's where objectives compare features. */
  teacher: ResolvedArchitecture | null
  /** What the teacher reads, where its tokens are others. */
  teachersText?: RetokenizedDataset | null
  placement: Placement
  /** The store's folder. */
  artifacts: string
  members: number
  /** Whether all members see the same batches in the same order. */
  sameSeed: boolean
}

/** Milliseconds of a trial's training step: by itself, and as a member of the group. */
export interface TimeGroupResult {
  alone: number
  /** Null where such trials cannot train as a group, with the problem. */
  together: number | null
  problem: string | null
}

/** Sizes of a model, asked for without training it. */
export interface InspectRequest {
  task: 'inspect'
  dataset: ResolvedDataset
  /** The store's folder, in which token ids of texts are kept, and whether any may be written; left out for nowhere. */
  keeping?: { folder: string; write: boolean }
  architectures: (ResolvedArchitecture | ResolvedGiven | NamedEnsemble)[]
}

/** Input that can be used, but most likely is not what was meant: people are told, and `--strict` refuses it. */
export interface Warning {
  message: string
  /** Relative to the dataset or the model. */
  path: string[]
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
      /** Of a given teacher. */
      warnings?: Warning[]
      settled?: Settled
    }
  /**
   * The model cannot be built for this data; `path` is relative to the architecture. `within` is a place of a model's
   * file, where the problem is one of it.
   */
  | { problem: string; path: string[]; within?: (string | number)[] }

export interface InspectResult {
  dataset:
    | (SampleShape & {
        trainSamples: number
        /** Of these, how many are of each class; null where each position of a sample has a class of its own. */
        trainSamplesByClass: number[] | null
        validationSamples: number
        testSamples: number
        /** SHA-256 of what its files hold. */
        contents: string
        /** What is to be told of its files, in sentences for people. */
        notes?: string[]
        warnings: Warning[]
        /** Of a teacher's own tokens. */
        retokenized: InspectedTokens | null
      })
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
  /** As onnxruntime names it, or TensorFlow.js its kernel. */
  operator: string
  /** The layer whose weights it reads or helps to update, or the one before it; null where that is none or not told. */
  layer: string | null
  /** Such as `float[128,28,28,32]`; without the type where TensorFlow.js runs it. */
  inputs: string[]
  outputs: string[]
  /** onnxruntime's execution provider, or TensorFlow.js's backend. */
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

/** What a trial's samples are. */
export interface SampleShape {
  /** Of one sample's inputs. */
  inputShape: number[]
  /** What token ids are below; null where inputs are no token ids. */
  vocabulary: number | null
  /** The token id that fills up short texts; null where there is none. */
  padding: number | null
  /** Of one sample's labels. */
  labelShape: number[]
  classes: number
}

/** How long a training step takes, on random samples: nothing of the data is read. */
export interface TimeStepRequest {
  task: 'time step'
  config: TrialConfig
  samples: SampleShape
  /** The teacher's where objectives compare features. */
  teacher: ResolvedArchitecture | null
  /** Of a teacher whose tokens are others. */
  teacherClasses: number | null
  placement: Placement
}

export interface TimeStepResult {
  /** Of a step, the median. */
  milliseconds: number
}

export interface ProbeRequest {
  task: 'probe'
  /** Which engine alone; left out for both. */
  engine?: 'onnx' | 'tensorflow'
}

/** What the engines say of this machine, the likeliest to be fast first. */
export interface ProbeResult {
  engines: {
    engine: 'onnx' | 'tensorflow'
    device: string
    works: boolean
    detail: string
    versions: Record<string, string>
    /** Whether it works, but was found so slow that "auto" does not even time a step on it. */
    hopeless?: boolean
  }[]
  /** TensorFlow.js's kernels, and whether the onnx engine has a rule for each. */
  kernels: { kernel: string; rule: boolean }[]
}
