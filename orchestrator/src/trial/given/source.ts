// What a teacher that is not trained here is to those who learn from it: something that gives logits.
import type { LogitsArtifact } from '@retort/schema/artifact'
import type { Settled } from '@retort/schema/given'
import type { GivenMetrics } from '@retort/schema/metrics'
import type { Data, Samples } from '../../data/data.ts'
import type { Engine } from '../../engine/engine.ts'

export type Part = 'train' | 'test'

export interface Source {
  /** Null where nobody knows. */
  sizes(): Promise<Pick<GivenMetrics, 'parameters' | 'multiplyAccumulates' | 'onnxBytes'>>
  /** What is done differently from what its file says, in sentences for people. */
  notes: string[]
  /** What was left to the file and to the data. */
  settled?: Settled
  /** Other ways to give it its inputs. */
  readings?: Reading[]
  /**
   * Raw logits of samples of the training or the test file, in the order given; null where they are unknown.
   * @param between called often; may throw to stop
   * @param view of training samples; by default samples as they are
   * @returns [indices, classes]
   */
  logits(part: Part, samples: Samples, between: () => void, view?: number): Promise<Float32Array | null>
  close(): Promise<void>
}

/** A way to give a model its inputs. */
export interface Reading {
  /** What the experiment would say for it. */
  said: Record<string, unknown>
  logits: Source['logits']
}

export const unknownSizes: Source['sizes'] = async () => ({
  parameters: null,
  multiplyAccumulates: null,
  onnxBytes: null,
})

/** What a source is opened with. */
export interface Setting {
  data: Data
  /** Its backend is active. */
  engine: Engine
  /** The store's. */
  folder: string
  /** Logits of an ensemble's members, in their order. */
  members: LogitsArtifact[]
  /** How many samples are predicted at once at most, where the model does not say; left out for as many as usual. */
  predictionBatch?: number | undefined
}

/** A teacher that cannot be used with this data. */
export class GivenProblem extends Error {
  override readonly name = 'GivenProblem'
  /** Relative to the teacher's kind: `['inputLayout']` of its `onnx`. */
  readonly path: string[]
  /** A place in the model's file, where the problem is one of it. */
  readonly within: (string | number)[] | undefined

  constructor(problem: string, path: string[], within?: (string | number)[]) {
    super(problem)
    this.path = path
    this.within = within
  }
}
