// Initial weights as a topology's own initializers say, drawn from a trial's seed: those that the file names have
// seeds of their own or none.
import {
  eye,
  fill,
  mul,
  randomNormal,
  randomUniform,
  type Tensor,
  tensor,
  tidy,
  truncatedNormal,
  util,
} from '@tensorflow/tfjs-core'
import type { LayersModel, layers } from '@tensorflow/tfjs-layers'

type LayerVariable = layers.Layer['weights'][number]
type Config = Record<string, unknown>
type Draw = (shape: number[], config: Config, seed: number) => Tensor

/** The standard deviation of a normal distribution that is cut off at two of its own, as Keras corrects for it. */
const deviationOfTruncated = 0.87962566103423978

const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise)

/** By TensorFlow.js's names, which has the others of Keras's as cases of VarianceScaling; defaults are Keras's. */
const draws: Record<string, Draw> = {
  Zeros: (shape) => fill(shape, 0),
  Ones: (shape) => fill(shape, 1),
  Constant: (shape, { value }) => fill(shape, number(value, 0)),
  RandomUniform: (shape, { minval, maxval }, seed) =>
    randomUniform(shape, number(minval, -0.05), number(maxval, 0.05), 'float32', seed),
  RandomNormal: (shape, { mean, stddev }, seed) =>
    randomNormal(shape, number(mean, 0), number(stddev, 0.05), 'float32', seed),
  TruncatedNormal: (shape, { mean, stddev }, seed) =>
    truncatedNormal(shape, number(mean, 0), number(stddev, 0.05), 'float32', seed),
  VarianceScaling: varianceScaling,
  Orthogonal: orthogonal,
  Identity: (shape, { gain }) => mul(eye(shape[0] as number, shape[1] as number), number(gain, 1)),
}

/** @param seedOf the seed for the weight at a place of the model's */
export function drawNamed(model: LayersModel, seedOf: (place: number) => number): void {
  const named = new Map(leavesOf(model.layers).flatMap(initializersOf))
  for (const [place, weight] of model.weights.entries()) {
    const initializer = named.get(weight)
    const draw = draws[initializer?.className ?? '']
    if (initializer === undefined || draw === undefined) {
      throw new Error(`weight ${weight.originalName} has no initializer that is known, got ${initializer?.className}`)
    }
    tidy(() => void weight.write(draw(weight.shape as number[], initializer.config, seedOf(place))))
  }
}

/** Has a layer begin with zeros: its weights are drawn afterwards, and drawing them twice would take longer than all else. */
export function withoutDraws(layer: layers.Layer): void {
  for (const leaf of leavesOf([layer])) leaf.setFastWeightInitDuringBuild(true)
}

/** What stands inside some layers. */
export interface Wrapping {
  layer?: layers.Layer
  forwardLayer?: layers.Layer
  backwardLayer?: layers.Layer
  cell?: layers.Layer
  cells?: layers.Layer[]
}

/** The layers that have weights themselves, wrapped ones and cells included. */
function leavesOf(all: layers.Layer[]): layers.Layer[] {
  return all.flatMap((layer) => {
    const { layer: wrapped, forwardLayer, backwardLayer, cell, cells } = layer as Wrapping
    const inner = [wrapped, forwardLayer, backwardLayer, cell, ...(cells ?? [])].filter((each) => each !== undefined)
    return inner.length > 0 ? leavesOf(inner) : [layer]
  })
}

interface Named {
  className: string
  config: Config
}

function initializersOf(layer: layers.Layer): [LayerVariable, Named][] {
  const config = layer.getConfig() as Config
  return layer.weights.map((weight): [LayerVariable, Named] => {
    // conv/depthwise_kernel is drawn by depthwiseInitializer, lstm/bias by biasInitializer.
    const name = weight.originalName.split('/').at(-1)!.replace(/_\d+$/, '')
    const [first = '', ...rest] = name.split('_').filter((part, index) => index === 0 || part !== 'kernel')
    const key = `${first}${rest.map((part) => part[0]!.toUpperCase() + part.slice(1)).join('')}Initializer`
    const named = (config[key] ?? defaults[name]) as Named
    const forgets = name === 'bias' && config.unitForgetBias === true
    return [weight, forgets ? { className: 'ForgetBias', config: { units: config.units, named } } : named]
  })
}

/** Of layers that have no setting for it. */
const defaults: Record<string, Named> = {
  gamma: { className: 'Ones', config: {} },
  beta: { className: 'Zeros', config: {} },
  moving_mean: { className: 'Zeros', config: {} },
  moving_variance: { className: 'Ones', config: {} },
  // Of Normalization, and of RMSNormalization.
  mean: { className: 'Zeros', config: {} },
  variance: { className: 'Ones', config: {} },
  count: { className: 'Zeros', config: {} },
  scale: { className: 'Ones', config: {} },
}

/** An LSTM begins by remembering: the forget gate's bias, the second of four, is 1 (Jozefowicz et al., 2015). */
draws.ForgetBias = (shape, { units, named }, seed) => {
  const { className, config } = named as Named
  const values = Float32Array.from(draws[className]!(shape, config, seed).dataSync())
  values.fill(1, units as number, 2 * (units as number))
  return tensor(values, shape)
}

/** Variance `scale` over the fan that `mode` names (He et al., arXiv:1502.01852; Glorot and Bengio, 2010). */
function varianceScaling(shape: number[], { scale, mode, distribution }: Config, seed: number): Tensor {
  const [fanIn, fanOut] = fansOf(shape)
  const fans: Record<string, number> = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }
  const variance = number(scale, 1) / Math.max(1, fans[(mode as string) ?? 'fanIn'] as number)
  if (distribution === 'uniform') {
    const limit = Math.sqrt(3 * variance)
    return randomUniform(shape, -limit, limit, 'float32', seed)
  }
  return truncatedNormal(shape, 0, Math.sqrt(variance) / deviationOfTruncated, 'float32', seed)
}

/** Of a kernel [...window, in, out], or of a vector. */
function fansOf(shape: number[]): [number, number] {
  if (shape.length < 2) return [shape[0] ?? 1, shape[0] ?? 1]
  const window = util.sizeFromShape(shape.slice(0, -2))
  return [window * (shape.at(-2) as number), window * (shape.at(-1) as number)]
}

/**
 * Columns, or where there are more columns than rows the rows, that are orthonormal (Saxe et al., arXiv:1312.6120):
 * a normal matrix through Gram and Schmidt, each vector against those before it.
 */
export function orthogonal(shape: number[], { gain }: Config, seed: number): Tensor {
  const columns = shape.at(-1) as number
  const rows = util.sizeFromShape(shape.slice(0, -1))
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)]
  const drawn = randomNormal([count, length], 0, 1, 'float32', seed).dataSync()
  const vectors = Array.from({ length: count }, (_, index) =>
    Float64Array.from(drawn.subarray(index * length, (index + 1) * length)),
  )
  for (const [index, vector] of vectors.entries()) {
    for (const earlier of vectors.slice(0, index)) {
      const product = dot(vector, earlier)
      for (let at = 0; at < length; at++) vector[at]! -= product * earlier[at]!
    }
    const norm = Math.sqrt(dot(vector, vector))
    for (let at = 0; at < length; at++) vector[at]! /= norm
  }
  const values = new Float32Array(rows * columns)
  const scale = number(gain, 1)
  for (const [index, vector] of vectors.entries()) {
    for (const [at, value] of vector.entries()) {
      values[rows >= columns ? at * columns + index : index * columns + at] = scale * value
    }
  }
  return tensor(values, shape)
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0
  for (let at = 0; at < one.length; at++) sum += one[at]! * other[at]!
  return sum
}
