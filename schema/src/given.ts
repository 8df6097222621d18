// Teachers that are not trained here, as they go from the orchestrator to a trial's process. Names and paths of files
// are no part of a trial's identity; the hashes of what the files say are.
import type { Normalisation } from './experiment.ts'
import type { TrialId } from './trialId.ts'

export type ResolvedGiven = ResolvedTfjs | ResolvedOnnx | ResolvedLogits | ResolvedEnsemble

/** A file of the user's. */
export interface GivenFile {
  /** As it is written, to show. */
  file: string
  /** Absolute. */
  path: string
  /** SHA-256 of its bytes, in hexadecimal. */
  sha256: string
}

/** 'none': numbers as the files have them. 'standardised': as the data set is standardised. */
export type ResolvedNormalisation = Exclude<Normalisation, object> | Required<Extract<Normalisation, object>>

/** What the experiment leaves to the file or to the data; in its place stands what it is in most cases. */
export type LeftOut = ('gives' | 'scale')[]

/** What of a teacher is known once its file is read beside the data. It goes over what the experiment says of it. */
export type Settled = Partial<Pick<ResolvedOnnx, 'external' | 'normalisation'>>

export interface ResolvedTfjs {
  type: 'tfjs'
  file: string
  path: string
  /** SHA-256 of topology, list of weights and the weights' bytes, in hexadecimal. */
  sha256: string
  /** As `ResolvedKeras` has it; empty for a graph-model, which has none. */
  topology: string
  /** Of a graph-model, and where the experiment says it of a layers-model, which gives logits. */
  gives?: 'logits' | 'probabilities'
  output?: string
  /** Null: 'none' for tables, else 'standardised'. */
  normalisation: ResolvedNormalisation | null
  leftOut?: LeftOut
  /** What it was trained with, to be compared; what the model computes does not depend on it. */
  tokenizer: GivenFile | null
}

export interface ResolvedOnnx extends GivenFile {
  type: 'onnx'
  /** Files of weights beside it, as the model names them; left out where there are none. */
  external?: GivenFile[]
  /** Null where the model's shapes are to tell. */
  inputLayout: 'NCHW' | 'NHWC' | null
  output: string | null
  gives: 'logits' | 'probabilities'
  /** Null: as the model's metadata say, else 'none' for tables and 'standardised' for others. */
  normalisation: ResolvedNormalisation | null
  leftOut?: LeftOut
  /** As in `ResolvedTfjs`. */
  tokenizer: GivenFile | null
}

export interface ResolvedArray extends GivenFile {
  tensor: string | null
}

export interface ResolvedLogitsFile extends ResolvedArray {
  ids: ResolvedArray | null
}

export interface ResolvedLogits {
  type: 'logits'
  train: ResolvedLogitsFile
  test: ResolvedLogitsFile | null
  gives: 'logits' | 'probabilities'
  leftOut?: LeftOut
}

export interface ResolvedEnsemble {
  type: 'ensemble'
  of: { model: string; trial: TrialId; weight: number }[]
  mean: 'logits' | 'probabilities'
}

/** An ensemble before anything is planned, so that its members have no trials yet. */
export type NamedEnsemble = Omit<ResolvedEnsemble, 'of'> & { of: Omit<ResolvedEnsemble['of'][number], 'trial'>[] }
