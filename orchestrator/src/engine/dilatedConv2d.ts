// Convolution of images with a gradient at any dilation: TensorFlow.js refuses to derive one whose windows have gaps.
import * as tf from '@tensorflow/tfjs-core'
import { BACKEND } from './record/backend.ts'

export interface Convolution {
  strides: [number, number]
  pad: 'same' | 'valid'
  dilations: [number, number]
}

/**
 * @param x [batch, height, width, channels]
 * @param filter [height, width, channels, filters]
 */
export function dilatedConv2d(x: tf.Tensor4D, filter: tf.Tensor4D, convolution: Convolution): tf.Tensor4D {
  const { strides, pad, dilations } = convolution
  const forward = (one: tf.Tensor4D, own: tf.Tensor4D) => tf.conv2d(one, own, strides, pad, 'NHWC', dilations)
  if (dilations.every((rate) => rate === 1)) return forward(x, filter)
  const derived = tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [one, own, save] = given as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc]
    save([one, own])
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      gradients(saved as [tf.Tensor4D, tf.Tensor4D], dy as tf.Tensor4D, convolution)
    return { value: forward(one, own), gradFunc }
  })
  return derived(x, filter) as tf.Tensor4D
}

/** Of the image and of the filter. */
function gradients(
  [x, filter]: [tf.Tensor4D, tf.Tensor4D],
  dy: tf.Tensor4D,
  convolution: Convolution,
): [tf.Tensor, tf.Tensor] {
  if (tf.getBackend() !== BACKEND) {
    const derive = tf.grads((one, own) => byPlaces(one as tf.Tensor4D, own as tf.Tensor4D, convolution))
    return derive([x, filter], dy) as [tf.Tensor, tf.Tensor]
  }
  // The engine's rules take dilations, which TensorFlow.js's functions for these kernels do not pass on.
  const attributes = { ...convolution, dataFormat: 'NHWC', dimRoundingMode: undefined }
  const run = (kernel: string, inputs: tf.NamedTensorMap, more: object) =>
    tf.engine().runKernel(kernel, inputs, { ...attributes, ...more } as unknown as tf.NamedAttrMap) as tf.Tensor
  return [
    run('Conv2DBackpropInput', { dy, filter }, { inputShape: x.shape }),
    run('Conv2DBackpropFilter', { x, dy }, { filterShape: filter.shape }),
  ]
}

/** The same convolution as a sum over the places in its window, each a product of matrices. */
function byPlaces(x: tf.Tensor4D, filter: tf.Tensor4D, { strides, pad, dilations }: Convolution): tf.Tensor4D {
  const info = tf.backend_util.computeConv2DInfo(x.shape, filter.shape, strides, dilations, pad)
  const { padInfo, outHeight, outWidth, filterHeight, filterWidth, inChannels, outChannels } = info
  const reach = [
    (outHeight - 1) * strides[0] + (filterHeight - 1) * dilations[0] + 1,
    (outWidth - 1) * strides[1] + (filterWidth - 1) * dilations[1] + 1,
  ] as const
  const after = [
    Math.max(0, reach[0] - x.shape[1] - padInfo.top),
    Math.max(0, reach[1] - x.shape[2] - padInfo.left),
  ] as const
  const padded = tf.pad(x, [
    [0, 0],
    [padInfo.top, after[0]],
    [padInfo.left, after[1]],
    [0, 0],
  ])
  const rows = info.batchSize * outHeight * outWidth
  const parts: tf.Tensor[] = []
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      const [top, left] = [row * dilations[0], column * dilations[1]]
      const seen = tf.stridedSlice(
        padded,
        [0, top, left, 0],
        [info.batchSize, top + (outHeight - 1) * strides[0] + 1, left + (outWidth - 1) * strides[1] + 1, inChannels],
        [1, strides[0], strides[1], 1],
      )
      const own = tf.reshape(tf.slice(filter, [row, column, 0, 0], [1, 1, inChannels, outChannels]), [
        inChannels,
        outChannels,
      ])
      parts.push(tf.matMul(tf.reshape(seen, [rows, inChannels]), own as tf.Tensor2D))
    }
  }
  return tf.reshape(tf.addN(parts), info.outShape as [number, number, number, number])
}
