// Convolutions of Keras in forms that TensorFlow.js's layers have not: in groups, dilated with a gradient, and causal
// along a sequence.
import * as tf from '@tensorflow/tfjs-core'
import { initializers, type layers } from '@tensorflow/tfjs-layers'
import { convolve2d, depthwise2d } from '../../engine/dilatedConvolution.ts'
import {
  type ActivationFunction,
  type Config,
  type LayerVariable,
  only,
  onlyShape,
  type Reformed,
  type Shape,
} from './layer.ts'

/** What TensorFlow.js's layer is made of. */
interface Own extends Reformed {
  kernelSize: number[]
  strides: number[]
  padding: string
  dataFormat: string
  dilationRate: number[]
  filters: number
  useBias: boolean
  kernel: LayerVariable
  bias: LayerVariable | null
  activation: ActivationFunction
}

/** A depthwise one, and what SeparableConv2D has behind it. */
interface OwnDepthwise extends Own {
  depthMultiplier: number
  depthwiseKernel: LayerVariable
  pointwiseKernel?: LayerVariable
}

const isDilated = ({ dilationRate = 1 }: Config): boolean => [dilationRate].flat().some((rate) => rate !== 1)

/** Whether TensorFlow.js's own layer would not do. */
const isOwn = (type: string, config: Config): boolean =>
  (/^Conv[12]D$/.test(type) && (isDilated(config) || (config.groups ?? 1) !== 1 || config.padding === 'causal')) ||
  (/^(Depthwise|Separable)Conv2D$/.test(type) && isDilated(config))

/** Gives a convolution of TensorFlow.js what the settings ask for and it has not. */
export function withOwnConvolution(layer: layers.Layer, type: string, config: Config): void {
  if (!isOwn(type, config)) return
  if (/^Conv/.test(type)) inGroups(layer as unknown as Own, (config.groups ?? 1) as number)
  else ofChannels(layer as unknown as OwnDepthwise)
}

/**
 * Makes a Conv1D or Conv2D of TensorFlow.js one with these groups, whose gradient there is at any dilation, and which
 * may be causal.
 */
function inGroups(own: Own, groups: number): void {
  const channelsFirst = own.dataFormat === 'channelsFirst'
  own.build = (inputShape) => {
    const shape = onlyShape(inputShape)
    const channels = shape.at(channelsFirst ? 1 : -1)
    if (channels == null) throw new Error(`expected channels of a known number, got [${shape}]`)
    if (channels % groups !== 0 || own.filters % groups !== 0) {
      throw new Error(`expected groups that divide ${channels} channels and ${own.filters} filters, got ${groups}`)
    }
    const add = (name: string, shape: number[]) => own.addWeight(name, shape, 'float32', initializers.zeros())
    own.kernel = add('kernel', [...own.kernelSize, channels / groups, own.filters])
    own.bias = own.useBias ? add('bias', [own.filters]) : null
    own.built = true
  }
  own.call = finished(own, (x) => convolve(own, x, groups))
  const [config, outputShape] = [own.getConfig.bind(own), own.computeOutputShape.bind(own)]
  own.getConfig = () => ({ ...config(), groups })
  own.computeOutputShape = (inputShape) => {
    const [batch, length, ...rest] = outputShape(inputShape) as Shape
    if (own.padding !== 'causal') return [batch!, length!, ...rest]
    const steps = onlyShape(inputShape)[1]
    return [batch!, steps == null ? null : Math.ceil(steps / own.strides[0]!), ...rest]
  }
}

/**
 * Makes a DepthwiseConv2D, whose dilations TensorFlow.js leaves out, or a SeparableConv2D, of which it then derives no
 * gradient, one at any dilation.
 */
function ofChannels(own: OwnDepthwise): void {
  const { strides, dilationRate } = own
  const convolution = {
    strides: strides as Pair,
    dilations: dilationRate as Pair,
    pad: own.padding as 'same' | 'valid',
  }
  own.call = finished(own, (x) => {
    const y = depthwise2d(x as tf.Tensor4D, own.depthwiseKernel.read() as tf.Tensor4D, convolution)
    return own.pointwiseKernel === undefined ? y : tf.conv2d(y, own.pointwiseKernel.read() as tf.Tensor4D, 1, 'valid')
  })
  const outputShape = own.computeOutputShape.bind(own)
  if (own.pointwiseKernel !== undefined) return
  own.computeOutputShape = (inputShape) => {
    const shape = onlyShape(outputShape(inputShape))
    const first = own.dataFormat === 'channelsFirst' ? 2 : 1
    // As though its window had no gaps.
    const kept = (axis: number) => (own.kernelSize[axis - first]! - 1) * (dilationRate[axis - first]! - 1)
    const gaps = (axis: number) => (own.padding === 'same' || axis < first || axis > first + 1 ? 0 : kept(axis))
    return shape.map((length, axis) => (length === null ? null : length - gaps(axis)))
  }
}

type Pair = [number, number]

/** What a layer does with what it gets, with channels last, and its bias and activation behind it. */
const finished =
  (own: Own, convolution: (x: tf.Tensor) => tf.Tensor): Own['call'] =>
  (inputs) =>
    tf.tidy(() => {
      const x = only(inputs)
      const channelsFirst = own.dataFormat === 'channelsFirst'
      const y = convolution(channelsFirst ? tf.transpose(x, toLast(x.rank)) : x)
      const biased = own.bias === null ? y : tf.add(y, own.bias.read())
      return own.activation.apply(channelsFirst ? tf.transpose(biased, toFirst(x.rank)) : biased)
    })

/** @param x [batch, length, channels] or [batch, height, width, channels] */
function convolve({ kernel, strides, padding, dilationRate }: Own, x: tf.Tensor, groups: number): tf.Tensor {
  const filter = kernel.read()
  // A sequence is an image of one row.
  const image = (x.rank === 3 ? tf.expandDims(x, 1) : x) as tf.Tensor4D
  const window = (filter.rank === 3 ? tf.expandDims(filter, 0) : filter) as tf.Tensor4D
  const pair = (values: number[]): Pair => (values.length === 1 ? [1, values[0]!] : [values[0]!, values[1]!])
  const before = (filter.shape[0]! - 1) * dilationRate[0]!
  const padded = (
    padding === 'causal'
      ? tf.pad(image, [
          [0, 0],
          [0, 0],
          [before, 0],
          [0, 0],
        ])
      : image
  ) as tf.Tensor4D
  const pad = padding === 'same' ? 'same' : 'valid'
  const apply = (one: tf.Tensor4D, own: tf.Tensor4D) =>
    convolve2d(one, own, { strides: pair(strides), pad, dilations: pair(dilationRate) })
  const [images, windows] = [padded, window].map(
    (whole) => (groups === 1 ? [whole] : tf.split(whole, groups, 3)) as tf.Tensor4D[],
  )
  const parts = images!.map((one, group) => apply(one, windows![group]!))
  const y = parts.length === 1 ? parts[0]! : tf.concat(parts, 3)
  return x.rank === 3 ? tf.squeeze(y, [1]) : y
}

const toLast = (rank: number): number[] => [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1]
const toFirst = (rank: number): number[] => [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 1)]
