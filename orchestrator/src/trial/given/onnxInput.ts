// What an ONNX model is fed with, whatever kind of data it reads.
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Values } from '../../engine/engine.ts'

export interface Input {
  /** Samples of a run; null for any. */
  batch: number | null
  /** Of so many samples as the data have them: [samples, height, width, channels], or [samples, length] of token ids. */
  feeds(values: Values | Float64Array, samples: number): Record<string, Tensor>
  /** Whether it takes nothing but whole numbers, as bytes are. */
  isWhole: boolean
}

export type Dims = readonly (number | string)[]

/** As far as the model says. */
export const fits = (dims: Dims, wanted: number[]): boolean =>
  dims.length === wanted.length &&
  dims.every((length, axis) => typeof length !== 'number' || length < 0 || length === wanted[axis])

export const batchSizeOf = (batch: number | string | undefined): number | null =>
  typeof batch === 'number' && batch > 0 ? batch : null

/** `[batch, 128]` */
export function shownShape(metadata: InferenceSession['inputMetadata'][number]): string {
  const lengths = metadata.isTensor ? metadata.shape : []
  return `[${lengths.map((length) => (typeof length === 'number' ? length : length || 'any')).join(', ')}]`
}
