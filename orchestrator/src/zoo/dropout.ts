// Dropout whose mask comes from outside: the noise of a step is an input of its graph, so that it is not fixed when
// the step is compiled and can be drawn again after a restart. Loads elsewhere as TensorFlow.js's own Dropout.
import { mul, type serialization, type Tensor, util } from '@tensorflow/tfjs-core'
import { type LayersModel, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'

type Kwargs = Parameters<layers.Layer['call']>[1]

/** What the training pass hands to the layers, by the layer's name. */
export type Masks = Record<string, Tensor>

class Dropout extends layers.Layer {
  static readonly className = 'Dropout'
  readonly rate: number

  constructor(name: string, rate: number) {
    super({ name })
    this.supportsMasking = true
    this.rate = rate
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor
    if (kwargs.training !== true) return x
    const mask = (kwargs.masks as Masks | undefined)?.[this.name]
    if (mask === undefined) throw new Error(`the training pass has no mask for ${this.name}`)
    return mul(x, mask)
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate, noiseShape: null, seed: null }
  }
}

/** @param rate above 0 */
export const dropoutLayer = (name: string, rate: number): layers.Layer => new Dropout(name, rate)

/** Nothing where the rate is 0. */
export function dropout(x: SymbolicTensor, rate: number, name: string): SymbolicTensor {
  return rate === 0 ? x : (dropoutLayer(name, rate).apply(x) as SymbolicTensor)
}

export interface DropoutMask {
  /** The layer's name. */
  name: string
  /** Of one sample. */
  shape: number[]
  /** Probability of 0; what stays is scaled by 1 / (1 - rate). */
  rate: number
}

/** The masks that a training pass of this model needs. */
export function dropoutMasks(model: LayersModel): DropoutMask[] {
  return model.layers
    .filter((layer) => layer instanceof Dropout)
    .map(({ name, rate, outputShape }) => ({ name, rate, shape: (outputShape as number[]).slice(1) }))
}

/** Values of a mask of one sample. */
export const maskSize = (mask: DropoutMask): number => util.sizeFromShape(mask.shape)
