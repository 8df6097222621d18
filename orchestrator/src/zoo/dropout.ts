// Dropout whose mask comes from outside: the noise of a step is an input of its graph, so that it is not fixed when
// the step is compiled and can be drawn again after a restart. Loads elsewhere as TensorFlow.js's own Dropout.
import { mul, type serialization, type Tensor, util } from '@tensorflow/tfjs-core'
import { type LayersModel, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'

type Kwargs = Parameters<layers.Layer['call']>[1]

/** What the training pass hands to the layers, by the layer's name. */
export type Masks = Record<string, Tensor>

/** A layer that takes a mask in the training pass. */
export interface Noisy {
  /** Null where nothing is dropped. */
  noise(): DropoutMask | null
}

/** Which elements of a sample are dropped together: those along axes of length 1; null is the input's own length. */
export type NoiseShape = (number | null)[]

class Dropout extends layers.Layer implements Noisy {
  static readonly className = 'Dropout'
  readonly rate: number
  private readonly type: string
  private readonly noiseShape: NoiseShape | null

  constructor(name: string, rate: number, noiseShape: NoiseShape | null, type: string) {
    super({ name })
    this.supportsMasking = true
    this.rate = rate
    this.noiseShape = noiseShape
    this.type = type
  }

  override getClassName(): string {
    return this.type
  }

  noise(): DropoutMask {
    const own = (this.outputShape as number[]).slice(1)
    const { name, rate, noiseShape } = this
    if (noiseShape === null) return { name, rate, shape: own }
    return { name, rate, shape: own.map((length, axis) => noiseShape[axis] ?? length) }
  }

  override build(inputShape: NoiseShape | NoiseShape[]): void {
    const own = (Array.isArray(inputShape[0]) ? inputShape[0] : (inputShape as NoiseShape)).slice(1)
    const fits = (length: number | null, axis: number) => length === null || length === 1 || length === own[axis]
    if (this.noiseShape !== null && !(this.noiseShape.length === own.length && this.noiseShape.every(fits))) {
      const [noise, x] = [this.noiseShape, own].map((shape) => shape.map((length) => length ?? 'any').join(', '))
      throw new Error(`expected noise that fits samples of [${x}], got [${noise}]`)
    }
    super.build(inputShape)
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor
    if (kwargs.training !== true) return x
    const mask = (kwargs.masks as Masks | undefined)?.[this.name]
    if (mask === undefined) throw new Error(`the training pass has no mask for ${this.name}`)
    return mul(x, mask)
  }

  override getConfig(): serialization.ConfigDict {
    // A SpatialDropout's shape is in its name.
    const noise = this.type === 'Dropout' && this.noiseShape !== null ? [null, ...this.noiseShape] : null
    return { ...super.getConfig(), rate: this.rate, noiseShape: noise, seed: null }
  }
}

/**
 * @param rate above 0
 * @param noiseShape of one sample
 * @param type Keras's name of its class
 */
export const dropoutLayer = (
  name: string,
  rate: number,
  noiseShape: NoiseShape | null = null,
  type = 'Dropout',
): layers.Layer => new Dropout(name, rate, noiseShape, type)

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
  return model.layers.flatMap((layer) => ('noise' in layer ? ((layer as layers.Layer & Noisy).noise() ?? []) : []))
}

/** Values of a mask of one sample. */
export const maskSize = (mask: DropoutMask): number => util.sizeFromShape(mask.shape)
