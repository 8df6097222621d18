// What the run-time half of an augmentation is.
import type { ImageAugmentationType } from '@retort/schema/definitions/augmentations'
import type { ResolvedAugmentation } from '@retort/schema/trial'
import type { Stream } from '../random.ts'

export interface Picture {
  height: number
  width: number
  channels: number
  /** Of each channel over the training split. */
  mean: number[]
}

/** Float64 of samples that float32 would round too coarsely before they are standardised. */
export type Pixels = Float32Array | Float64Array

/** Reads an image [height, width, channels] from one array and writes the changed one into the other. */
export type Change = (from: Pixels, to: Pixels, next: Stream) => void

/** Makes a step for images of a size. */
export type Augment<Type extends ImageAugmentationType = ImageAugmentationType> = (
  step: Extract<ResolvedAugmentation['steps'][number], { type: Type }>,
  picture: Picture,
) => Change
