// What the orchestrator asks of the process that runs trials, and what that tells: what to train, measure or compute, what
// happens on the way, how it ended. Plain data only.
import type { Artifact, ArtifactHash, LogitsArtifact } from './artifact.ts'
import type { RanEngine } from './engines.ts'
import type { EpochRecord, GivenMetrics, TrialMetrics } from './metrics.ts'
import type { AnyConfig, GivenConfig, ResolvedArchitecture, TrialConfig } from './trial.ts'
import type { TrialId } from './trialId.ts'

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
  /** What that was trained on; none where there is none. */
  checkpointEngines: RanEngine[]
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

export interface RanOn {
  engine: 'onnx' | 'tensorflow'
  device: string
  threads: number
  /** Package versions, node's included. */
  versions: Record<string, string>
}

/** What a trial's process tells while it runs. */
export type TrialEvent =
  | {
      type: 'started'
      ranOn: RanOn
      /** All that took part in what it holds: its own, and those of the checkpoint that it goes on from. */
      engines: RanEngine[]
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

/** What the orchestrator tells a running trial, or of a group all of them where no `member` is named. */
export type TrialCommand = { type: 'stop'; member?: number }
