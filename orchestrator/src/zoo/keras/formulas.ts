// Layers of Keras without weights that TensorFlow.js has not, or not with all of their settings: each is a formula, and
// the shape of what it gives.
import * as tf from '@tensorflow/tfjs-core'
import { axisOf, type Config, KerasLayer, onlyShape, type Shape } from './layer.ts'
import { resizedTo } from './resizing.ts'

interface Formula {
  /** @param x the layer's inputs, of which most have one */
  of(config: Config, ...x: tf.Tensor[]): tf.Tensor
  /** The input's own where it is left out. */
  shape?(config: Config, shape: Shape): Shape
  /** Whether a mask of positions goes through it. */
  masks?: boolean
}

const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise)

/** A number, or one for each channel. */
const channels = (value: unknown, otherwise: number): number | tf.Tensor =>
  Array.isArray(value) ? tf.tensor1d(value as number[]) : number(value, otherwise)

/** Keras's form of lengths at both ends of each axis: 1, [1, 2] or [[1, 1], [2, 0]]. */
function ends(value: unknown, axes: number): [number, number][] {
  if (axes === 1) return [([value, value].flat().length === 2 ? [value, value] : value) as [number, number]]
  const all = Array.isArray(value) ? value : Array<unknown>(axes).fill(value)
  return all.map((each) => (Array.isArray(each) ? each : [each, each]) as [number, number])
}

const sizes = (value: unknown, axes: number): number[] =>
  Array.isArray(value) ? (value as number[]) : Array<number>(axes).fill(number(value, 2))

/** The axes between the batch and the channels. */
const spatial = (config: Config, axes: number): number[] => {
  const first = config.dataFormat === 'channelsFirst' ? 2 : 1
  return Array.from({ length: axes }, (_, axis) => first + axis)
}

const padding = (axes: number): Formula => ({
  of: (config, x) => {
    const all = ends(config.padding ?? 1, axes)
    const places = spatial(config, axes)
    const paddings = x.shape.map((_, axis): [number, number] => all[places.indexOf(axis)] ?? [0, 0])
    return tf.pad(x, paddings)
  },
  shape: (config, shape) => resized(config, shape, axes, ends(config.padding ?? 1, axes), 1),
})

const cropping = (axes: number): Formula => ({
  of: (config, x) => {
    const all = ends(config.cropping ?? 1, axes)
    const places = spatial(config, axes)
    const cuts = x.shape.map((_, axis) => all[places.indexOf(axis)] ?? [0, 0])
    return tf.slice(
      x,
      cuts.map(([begin]) => begin!),
      // The batch may be of any length.
      cuts.map(([begin, end], axis) => (axis === 0 ? -1 : x.shape[axis]! - begin! - end!)),
    )
  },
  shape: (config, shape) => resized(config, shape, axes, ends(config.cropping ?? 1, axes), -1),
})

function resized(config: Config, shape: Shape, axes: number, all: [number, number][], sign: number): Shape {
  const places = spatial(config, axes)
  return shape.map((length, axis) => {
    const [begin, end] = all[places.indexOf(axis)] ?? [0, 0]
    return length === null ? null : length + sign * (begin + end)
  })
}

/** Each element several times, one after the other. */
const upSampling = (axes: number): Formula => ({
  of: (config, x) => {
    const factors = sizes(config.size, axes)
    return spatial(config, axes).reduce((y, axis, index) => repeated(y, axis, factors[index]!), x)
  },
  shape: (config, shape) => {
    const places = spatial(config, axes)
    const factors = sizes(config.size, axes)
    return shape.map((length, axis) => (length === null ? null : length * (factors[places.indexOf(axis)] ?? 1)))
  },
})

function repeated(x: tf.Tensor, axis: number, times: number): tf.Tensor {
  const { shape } = x
  const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)].map((part) => tf.util.sizeFromShape(part))
  const rows = tf.reshape(x, [before! * shape[axis]!, 1, after!])
  const joined = shape.map((length, at) => (at === axis ? length * times : length))
  return tf.reshape(tf.tile(rows, [1, times, 1]), joined)
}

/** By axis. */
const imageSize = (config: Config): Map<number, number> =>
  new Map([
    [1, config.height as number],
    [2, config.width as number],
  ])

const withImageSize = (config: Config, shape: Shape): Shape =>
  shape.map((length, axis) => imageSize(config).get(axis) ?? length)

const resizing: Formula = {
  of: (config, x) => resizedTo(x, imageSize(config), config.interpolation),
  shape: withImageSize,
}

const centerCrop: Formula = {
  of: (config, x) => {
    const size = imageSize(config)
    const begins = x.shape.map((length, axis) => Math.floor((length - (size.get(axis) ?? length)) / 2))
    return tf.slice(
      x,
      begins,
      x.shape.map((_, axis) => size.get(axis) ?? -1),
    )
  },
  shape: (config, shape) => {
    const { height, width } = config as { height: number; width: number }
    if (!(shape[1]! >= height && shape[2]! >= width)) {
      throw new Error(`expected images of at least ${height} x ${width}, got ${shape[1]} x ${shape[2]}`)
    }
    return withImageSize(config, shape)
  },
}

const smoothUpSampling: Formula = {
  ...upSampling(2),
  of: (config, x) => {
    const factors = sizes(config.size, 2)
    const lengths = new Map(spatial(config, 2).map((axis, index) => [axis, x.shape[axis]! * factors[index]!]))
    return resizedTo(x, lengths, 'bilinear')
  },
}

const globalPooling = (axes: number, reduce: (x: tf.Tensor, axes: number[]) => tf.Tensor): Formula => ({
  of: (config, x) => reduce(x, spatial(config, axes)),
  shape: (config, shape) => shape.filter((_, axis) => !spatial(config, axes).includes(axis)),
})

const formulas: Record<string, Formula> = {
  Identity: { of: (_, x) => tf.clone(x), masks: true },
  Subtract: { of: (_, x, y) => tf.sub(x!, y!), masks: true },
  Rescaling: {
    of: (config, x) => {
      const scaled = tf.mul(x.dtype === 'float32' ? x : tf.cast(x, 'float32'), channels(config.scale, 1))
      return tf.add(scaled, channels(config.offset, 0))
    },
    masks: true,
  },
  ReLU: {
    // max_value from there on, the slope below the threshold, and the element itself between.
    of: (config, x) => {
      const [slope, threshold] = [number([config.negativeSlope].flat()[0], 0), number([config.threshold].flat()[0], 0)]
      const passing = threshold === 0 ? tf.relu(x) : tf.mul(x, tf.step(tf.sub(x, threshold)))
      const limited = config.maxValue == null ? passing : tf.minimum(passing, number([config.maxValue].flat()[0], 0))
      return slope === 0 ? limited : tf.sub(limited, tf.mul(tf.relu(tf.sub(threshold, x)), slope))
    },
    masks: true,
  },
  ELU: {
    of: (config, x) => tf.add(tf.relu(x), tf.mul(tf.elu(tf.minimum(x, 0)), number([config.alpha].flat()[0], 1))),
    masks: true,
  },
  LeakyReLU: { of: (config, x) => tf.leakyRelu(x, number([config.alpha ?? config.negativeSlope].flat()[0], 0.3)) },
  Softmax: {
    of: (config, x) => {
      const { axis } = config
      if (typeof axis !== 'number') throw new Error(`expected one axis, got [${axis}]`)
      const own = axisOf(axis, x.rank)
      if (own === x.rank - 1) return tf.softmax(x)
      const order = x.shape.map((_, at) => (at === own ? x.rank - 1 : at === x.rank - 1 ? own : at))
      return tf.transpose(tf.softmax(tf.transpose(x, order)), order)
    },
    masks: true,
  },
  ThresholdedReLU: {
    // Its step has no gradient; a comparison would end the whole gradient.
    of: (config, x) => tf.mul(x, tf.step(tf.sub(x, number([config.theta].flat()[0], 1)))),
    masks: true,
  },
  ZeroPadding1D: padding(1),
  ZeroPadding3D: padding(3),
  Cropping1D: cropping(1),
  Cropping3D: cropping(3),
  UpSampling1D: upSampling(1),
  UpSampling2D: smoothUpSampling,
  UpSampling3D: upSampling(3),
  Resizing: resizing,
  CenterCrop: centerCrop,
  GlobalAveragePooling3D: globalPooling(3, (x, axes) => tf.mean(x, axes)),
  GlobalMaxPooling3D: globalPooling(3, (x, axes) => tf.max(x, axes)),
}

/** Names of the layers that are formulas here, with some settings at least. */
export const formulaTypes = Object.keys(formulas)

class FormulaLayer extends KerasLayer {
  private readonly type: string
  private readonly formula: Formula

  constructor(type: string, formula: Formula, config: Config) {
    super(config)
    this.type = type
    this.formula = formula
    this.supportsMasking = formula.masks === true
  }

  override getClassName(): string {
    return this.type
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape)
    return this.formula.shape?.(this.config, shape) ?? shape
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => this.formula.of(this.config, ...([inputs].flat() as tf.Tensor[])))
  }
}

/** Settings with which TensorFlow.js's own layer of the name is right, and as fast. */
const ownWillDo: Record<string, (config: Config) => boolean> = {
  ReLU: ({ negativeSlope, threshold }) => [negativeSlope, threshold].flat().every((value) => (value ?? 0) === 0),
  ELU: ({ alpha }) => [alpha].flat().every((value) => (value ?? 1) === 1),
  LeakyReLU: () => true,
  Softmax: ({ axis }) => (axis ?? -1) === -1,
  Rescaling: ({ scale, offset }) => ![scale, offset].some(Array.isArray),
  UpSampling2D: ({ interpolation }) => interpolation !== 'bilinear',
}

/**
 * @param config as TensorFlow.js writes names
 * @param always whether it is wanted where TensorFlow.js's own layer would do, too
 * @returns undefined where TensorFlow.js's own layer is used
 */
export function formulaLayer(type: string, config: Config, always = false): FormulaLayer | undefined {
  const formula = formulas[type]
  const isOwn = formula === undefined || (!always && ownWillDo[type]?.(config) === true)
  return isOwn ? undefined : new FormulaLayer(type, formula, config)
}
