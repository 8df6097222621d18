// Keras's batch normalization, with its settings, over batchNorm.ts's closed form. Loads elsewhere as TensorFlow.js's own.
import * as tf from '@tensorflow/tfjs-core'
import { initializers, layers } from '@tensorflow/tfjs-layers'
import { normalise } from '../batchNorm.ts'
import { camelCased } from './settings.ts'

type Kwargs = Parameters<layers.Layer['call']>[1]
type LayerVariable = layers.Layer['weights'][number]

interface Settings {
  axis: number
  momentum: number
  epsilon: number
  center: boolean
  scale: boolean
}

/** What `normalise` adds to the variance. */
const ownEpsilon = 1e-5

class KerasBatchNorm extends layers.Layer {
  static readonly className = 'BatchNormalization'
  private readonly settings: Settings
  private readonly config: tf.serialization.ConfigDict
  private gamma: LayerVariable | undefined
  private beta: LayerVariable | undefined
  private movingMean!: LayerVariable
  private movingVariance!: LayerVariable

  constructor(name: string, config: Record<string, unknown>) {
    const own = camelCased(config) as tf.serialization.ConfigDict
    super({ name, trainable: config.trainable !== false })
    this.supportsMasking = true
    const { axis, momentum = 0.99, epsilon = 1e-3, center = true, scale = true } = config
    this.settings = { axis: Number([axis ?? -1].flat()[0]), momentum, epsilon, center, scale } as Settings
    this.config = own
  }

  override build(inputShape: number[]): void {
    const { axis, center, scale } = this.settings
    const size = inputShape.at(axis)
    if (size == null) throw new Error(`expected an axis ${axis} of a known length, got [${inputShape}]`)
    // Initial values come from initialise.ts.
    const add = (name: string, trainable: boolean) =>
      this.addWeight(name, [size], 'float32', initializers.zeros(), undefined, trainable)
    if (scale) this.gamma = add('gamma', true)
    if (center) this.beta = add('beta', true)
    this.movingMean = add('moving_mean', false)
    this.movingVariance = add('moving_variance', false)
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor
    const { axis, momentum, epsilon } = this.settings
    const [mean, variance] = [this.movingMean, this.movingVariance].map((weight) => weight.read() as tf.Variable) as [
      tf.Variable,
      tf.Variable,
    ]
    const gamma = this.gamma?.read() ?? tf.ones(mean.shape)
    const beta = this.beta?.read() ?? tf.zeros(mean.shape)
    const swap = swapLast(x.rank, axis)
    const channelsLast = swap === null ? x : tf.transpose(x, swap)
    const back = (y: tf.Tensor) => (swap === null ? y : tf.transpose(y, swap))
    if (kwargs.training !== true) return back(tf.batchNorm(channelsLast, mean, variance, beta, gamma, epsilon))
    // x times s has the variance times s^2: the normalised values are those for an epsilon divided by s^2.
    const s = Math.sqrt(ownEpsilon / epsilon)
    const scaled = s === 1 ? channelsLast : tf.mul(channelsLast, s)
    const move = (moving: tf.Variable, now: tf.Tensor, share: number) =>
      moving.assign(tf.add(tf.mul(moving, momentum), tf.mul(now, (1 - momentum) * share)))
    const normalised = normalise(scaled, gamma, beta, (batchMean, batchVariance) => {
      move(mean, batchMean, 1 / s)
      move(variance, batchVariance, 1 / s ** 2)
    })
    return back(normalised)
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...this.config, ...super.getConfig(), ...(this.settings as unknown as tf.serialization.ConfigDict) }
  }
}

/** The order of axes that exchanges one with the last, which is its own inverse; null where it is the last. */
function swapLast(rank: number, axis: number): number[] | null {
  const own = axis < 0 ? rank + axis : axis
  if (own === rank - 1) return null
  const order = Array.from({ length: rank }, (_, index) => index)
  order[own] = rank - 1
  order[rank - 1] = own
  return order
}

/** @param config as Keras writes it */
export const kerasBatchNorm = (name: string, config: Record<string, unknown>): layers.Layer =>
  new KerasBatchNorm(name, config)
