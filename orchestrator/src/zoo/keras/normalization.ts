// Normalizations of Keras that TensorFlow.js has not: over groups of channels, by the root of the mean square, to unit
// length, and by statistics that are known before.
import * as tf from '@tensorflow/tfjs-core'
import { normalise } from '../layerNorm.ts'
import { axisOf, type Config, KerasLayer, type LayerVariable, only, onlyShape, type Shape } from './layer.ts'

/** Ones where no axis is named, and a vector along the axes that are, of a tensor's rank. */
const along = (vector: tf.Tensor, axes: number[], shape: number[]): tf.Tensor =>
  tf.reshape(
    vector,
    shape.map((length, axis) => (axes.includes(axis) ? length : 1)),
  )

/** Axes of one number or several, in their order in the shape. */
const axesOf = (axes: unknown, rank: number): number[] =>
  [axes as number | number[]]
    .flat()
    .map((axis) => axisOf(axis, rank))
    .sort((one, other) => one - other)

abstract class Same extends KerasLayer {
  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape)
  }
}

/** Wu and He, arXiv:1803.08494. */
export class GroupNormalization extends Same {
  static readonly className = 'GroupNormalization'
  private gamma: LayerVariable | undefined
  private beta: LayerVariable | undefined

  constructor(config: Config) {
    super(config, { gammaInitializer: 'Ones', betaInitializer: 'Zeros' })
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape)
    const { axis = -1, center = true, scale = true } = this.config
    const channels = shape[axisOf(axis as number, shape.length)]
    if (channels == null) throw new Error(`expected an axis ${axis} of a known length, got [${shape}]`)
    if (channels % this.groups(channels) !== 0) {
      throw new Error(`expected groups that divide ${channels} channels, got ${this.groups(channels)}`)
    }
    if (scale) this.gamma = this.weight('gamma', [channels])
    if (center) this.beta = this.weight('beta', [channels])
    this.built = true
  }

  private groups(channels: number): number {
    const { groups = 32 } = this.config
    return groups === -1 ? channels : (groups as number)
  }

  /** Over all axes of a group but the batch. */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = only(inputs)
    const axis = axisOf((this.config.axis ?? -1) as number, x.rank)
    const channels = x.shape[axis]!
    const groups = this.groups(channels)
    const split = [...x.shape.slice(0, axis), groups, channels / groups, ...x.shape.slice(axis + 1)]
    const within = split.flatMap((_, at) => (at === 0 || at === axis ? [] : [at]))
    const unit = split.map((length, at) => (within.includes(at) ? length : 1))
    const epsilon = (this.config.epsilon ?? 1e-3) as number
    const normal = normalise(tf.reshape(x, split), tf.ones(unit), tf.zeros(unit), within, epsilon)
    const back = tf.reshape(normal, x.shape)
    const scaled = this.gamma === undefined ? back : tf.mul(back, along(this.gamma.read(), [axis], x.shape))
    return this.beta === undefined ? scaled : tf.add(scaled, along(this.beta.read(), [axis], x.shape))
  }
}

/** Zhang and Sennrich, arXiv:1910.07467. */
export class RMSNormalization extends Same {
  static readonly className = 'RMSNormalization'
  private weightOf!: LayerVariable

  private axes(rank: number): number[] {
    return axesOf(this.config.axis ?? -1, rank)
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape)
    const lengths = this.axes(shape.length).map((axis) => shape[axis]!)
    this.weightOf = this.weight('scale', lengths)
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = only(inputs)
    const axes = this.axes(x.rank)
    const square = tf.add(tf.mean(tf.square(x), axes, true), (this.config.epsilon ?? 1e-6) as number)
    return tf.mul(tf.mul(x, tf.rsqrt(square)), along(this.weightOf.read(), axes, x.shape))
  }
}

/** To length 1, in the Euclidean sense. */
export class UnitNormalization extends Same {
  static readonly className = 'UnitNormalization'

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = only(inputs)
    const axes = axesOf(this.config.axis ?? -1, x.rank)
    return tf.mul(x, tf.rsqrt(tf.maximum(tf.sum(tf.square(x), axes, true), 1e-12)))
  }
}

/** Keras's smallest deviation that is divided by. */
const smallestDeviation = 1e-7

/**
 * (x - mean) / deviation with numbers of the file. Where it has none they are weights that nothing trains, as in a model
 * that has not seen its data: 0 and 1.
 */
export class Normalization extends Same {
  static readonly className = 'Normalization'
  private statistics: [LayerVariable, LayerVariable] | undefined

  private axes(rank: number): number[] {
    const { axis = -1 } = this.config
    return axis === null ? [] : axesOf(axis, rank)
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape)
    const { mean, variance } = this.config
    if ((mean == null) !== (variance == null)) throw new Error('expected a mean and a variance, or neither')
    if (mean == null) {
      const lengths = this.axes(shape.length).map((axis) => shape[axis]!)
      this.statistics = [this.weight('mean', lengths, false), this.weight('variance', lengths, false)]
      this.weight('count', [], false)
    }
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = only(inputs)
    const axes = this.axes(x.rank)
    const lengths = axes.map((axis) => x.shape[axis]!)
    const fromFile = (name: string): tf.Tensor => {
      const given = [this.config[name]].flat(8) as number[]
      return given.length === 1 ? tf.fill(lengths, given[0]!) : tf.tensor(given, lengths)
    }
    const [mean, variance] = this.statistics?.map((weight) => weight.read()) ?? [fromFile('mean'), fromFile('variance')]
    const deviation = tf.maximum(tf.sqrt(variance!), smallestDeviation)
    return tf.div(tf.sub(x, along(mean!, axes, x.shape)), along(deviation, axes, x.shape))
  }
}

for (const layer of [GroupNormalization, RMSNormalization, UnitNormalization, Normalization]) {
  tf.serialization.registerClass(layer as unknown as tf.serialization.SerializableConstructor<GroupNormalization>)
}
