// Convolutions of Keras in forms that TensorFlow.js's layers have not: in groups, dilated with a gradient, and causal
// along a sequence.
import * as tf from '@tensorflow/tfjs-core'
import { initializers, type layers } from '@tensorflow/tfjs-layers'
import { dilatedConv2d } from '../engine/dilatedConv2d.ts'
import {
  type ActivationFunction,
  type Config,
  type LayerVariable,
  only,
  onlyShape,
  type Reformed,
  type Shape,
} from './kerasLayer.ts'

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

/** Whether TensorFlow.js's own layer would not do. */
export const isOwnConvolution = (type: string, { groups = 1, dilationRate = 1, padding }: Config): boolean =>
  /^Conv[12]D$/.test(type) && (groups !== 1 || padding === 'causal' || [dilationRate].flat().some((rate) => rate !== 1))

/**
 * Makes a Conv1D or Conv2D of TensorFlow.js one with these groups, whose gradient there is at any dilation, and which
 * may be causal.
 */
export function withOwnConvolution(layer: layers.Layer, { groups: given = 1 }: Config): void {
  const own = layer as unknown as Own
  const groups = given as number
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
  own.call = (inputs) =>
    tf.tidy(() => {
      const x = only(inputs)
      const moved = channelsFirst ? tf.transpose(x, toLast(x.rank)) : x
      const y = convolve(own, moved, groups)
      const biased = own.bias === null ? y : tf.add(y, own.bias.read())
      return own.activation.apply(channelsFirst ? tf.transpose(biased, toFirst(x.rank)) : biased)
    })
  const [config, outputShape] = [own.getConfig.bind(own), own.computeOutputShape.bind(own)]
  own.getConfig = () => ({ ...config(), groups })
  own.computeOutputShape = (inputShape) => {
    const [batch, length, ...rest] = outputShape(inputShape) as Shape
    if (own.padding !== 'causal') return [batch!, length!, ...rest]
    const steps = onlyShape(inputShape)[1]
    return [batch!, steps == null ? null : Math.ceil(steps / own.strides[0]!), ...rest]
  }
}

/** @param x [batch, length, channels] or [batch, height, width, channels] */
function convolve({ kernel, strides, padding, dilationRate }: Own, x: tf.Tensor, groups: number): tf.Tensor {
  const filter = kernel.read()
  // A sequence is an image of one row.
  const image = (x.rank === 3 ? tf.expandDims(x, 1) : x) as tf.Tensor4D
  const window = (filter.rank === 3 ? tf.expandDims(filter, 0) : filter) as tf.Tensor4D
  const pair = (values: number[]): [number, number] =>
    values.length === 1 ? [1, values[0]!] : [values[0]!, values[1]!]
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
    dilatedConv2d(one, own, { strides: pair(strides), pad, dilations: pair(dilationRate) })
  const [images, windows] = [padded, window].map(
    (whole) => (groups === 1 ? [whole] : tf.split(whole, groups, 3)) as tf.Tensor4D[],
  )
  const parts = images!.map((one, group) => apply(one, windows![group]!))
  const y = parts.length === 1 ? parts[0]! : tf.concat(parts, 3)
  return x.rank === 3 ? tf.squeeze(y, [1]) : y
}

const toLast = (rank: number): number[] => [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1]
const toFirst = (rank: number): number[] => [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 1)]
