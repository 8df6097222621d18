// Convolutions of images with a gradient at any dilation: TensorFlow.js refuses to derive those whose windows have gaps.
import * as tf from '@tensorflow/tfjs-core'
import { BACKEND } from './record/backendName.ts'

export interface Convolution {
  strides: [number, number]
  pad: 'same' | 'valid'
  dilations: [number, number]
}

interface Kind {
  forward(x: tf.Tensor4D, filter: tf.Tensor4D, convolution: Convolution): tf.Tensor4D
  /** Names of TensorFlow.js's kernels for the gradients. */
  ofInput: string
  ofFilter: string
  depthwise: boolean
  /** What the elements under one place of the window get, [rows, channels], of dy [rows, filters]. */
  toInput(dy: tf.Tensor2D, own: tf.Tensor2D): tf.Tensor2D
  /** What one place of the window gets, [channels, filters], of what lies under it [rows, channels]. */
  toFilter(seen: tf.Tensor2D, dy: tf.Tensor2D): tf.Tensor2D
}

const full: Kind = {
  forward: (x, filter, { strides, pad, dilations }) => tf.conv2d(x, filter, strides, pad, 'NHWC', dilations),
  ofInput: 'Conv2DBackpropInput',
  ofFilter: 'Conv2DBackpropFilter',
  depthwise: false,
  toInput: (dy, own) => tf.matMul(dy, own, false, true),
  toFilter: (seen, dy) => tf.matMul(seen, dy, true),
}

const depthwise: Kind = {
  forward: (x, filter, { strides, pad, dilations }) => tf.depthwiseConv2d(x, filter, strides, pad, 'NHWC', dilations),
  ofInput: 'DepthwiseConv2dNativeBackpropInput',
  ofFilter: 'DepthwiseConv2dNativeBackpropFilter',
  depthwise: true,
  toInput: (dy, own) => tf.sum(tf.mul(tf.reshape(dy, [-1, ...own.shape]), own), 2),
  toFilter: (seen, dy) => {
    const [rows, channels] = seen.shape
    return tf.sum(tf.mul(tf.reshape(seen, [rows, channels, 1]), tf.reshape(dy, [rows, channels, -1])), 0)
  },
}

/**
 * @param x [batch, height, width, channels]
 * @param filter [height, width, channels, filters]
 * @throws Error where there are both dilations and strides, as in Keras
 */
export const convolve2d = (x: tf.Tensor4D, filter: tf.Tensor4D, convolution: Convolution): tf.Tensor4D =>
  convolved(full, x, filter, convolution)

/** @param filter [height, width, channels, multiplier] */
export const depthwise2d = (x: tf.Tensor4D, filter: tf.Tensor4D, convolution: Convolution): tf.Tensor4D =>
  convolved(depthwise, x, filter, convolution)

function convolved(kind: Kind, x: tf.Tensor4D, filter: tf.Tensor4D, convolution: Convolution): tf.Tensor4D {
  const { strides, dilations } = convolution
  if (dilations.every((rate) => rate === 1)) return kind.forward(x, filter, convolution)
  if (strides.some((stride) => stride !== 1)) {
    throw new Error(`expected dilations or strides, got dilations [${dilations}] and strides [${strides}]`)
  }
  const derived = tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [one, own, save] = given as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc]
    save([one, own])
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      gradients(kind, saved as [tf.Tensor4D, tf.Tensor4D], dy as tf.Tensor4D, convolution)
    return { value: kind.forward(one, own, convolution), gradFunc }
  })
  return derived(x, filter) as tf.Tensor4D
}

/** Of the image and of the filter. */
function gradients(
  kind: Kind,
  [x, filter]: [tf.Tensor4D, tf.Tensor4D],
  dy: tf.Tensor4D,
  convolution: Convolution,
): [tf.Tensor, tf.Tensor] {
  if (tf.getBackend() !== BACKEND) {
    return byPlaces(kind, [x, filter], dy, convolution)
  }
  // The engine's rules take dilations, which TensorFlow.js's functions for these kernels do not pass on.
  const attributes = { ...convolution, dataFormat: 'NHWC', dimRoundingMode: undefined }
  const run = (kernel: string, inputs: tf.NamedTensorMap, more: object) =>
    tf.engine().runKernel(kernel, inputs, { ...attributes, ...more } as unknown as tf.NamedAttrMap) as tf.Tensor
  return [
    run(kind.ofInput, { dy, filter }, { inputShape: x.shape }),
    run(kind.ofFilter, { x, dy }, { filterShape: filter.shape }),
  ]
}

/** The same for each place in the window by itself. */
function byPlaces(
  kind: Kind,
  [x, filter]: [tf.Tensor4D, tf.Tensor4D],
  dy: tf.Tensor4D,
  { pad, dilations }: Convolution,
): [tf.Tensor, tf.Tensor] {
  const info = tf.backend_util.computeConv2DInfo(x.shape, filter.shape, 1, dilations, pad, 'floor', kind.depthwise)
  const { batchSize, inChannels, outHeight, outWidth, outChannels } = info
  const { top, bottom, left, right } = info.padInfo
  const [height, width] = [info.inHeight + top + bottom, info.inWidth + left + right]
  const padded = padAround(x, top, bottom, left, right)
  const rows = tf.reshape(dy, [batchSize * outHeight * outWidth, outChannels]) as tf.Tensor2D
  const [toInput, toFilter]: tf.Tensor4D[][] = [[], []]
  for (let row = 0; row < info.filterHeight; row++) {
    for (let column = 0; column < info.filterWidth; column++) {
      const [down, across] = [row * dilations[0], column * dilations[1]]
      const seen = tf.slice(padded, [0, down, across, 0], [batchSize, outHeight, outWidth, inChannels])
      const own = tf.squeeze(tf.slice(filter, [row, column, 0, 0], [1, 1, -1, -1]), [0, 1]) as tf.Tensor2D
      const part: tf.Tensor4D = tf.reshape(kind.toInput(rows, own), seen.shape)
      toInput!.push(padAround(part, down, height - outHeight - down, across, width - outWidth - across))
      const ofPlace = kind.toFilter(tf.reshape(seen, [-1, inChannels]), rows)
      toFilter!.push(tf.reshape(ofPlace, [1, 1, ...own.shape]))
    }
  }
  const ofInput = tf.slice(tf.addN(toInput!), [0, top, left, 0], x.shape)
  return [ofInput, tf.reshape(tf.concat(toFilter!, 0), filter.shape)]
}

const padAround = (x: tf.Tensor4D, top: number, bottom: number, left: number, right: number): tf.Tensor4D =>
  tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ])
