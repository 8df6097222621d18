// Cases for convolutions, pooling and normalisation.
import * as tf from '@tensorflow/tfjs-core'
import { type Case, floats } from '../compare.ts'
import { averages, mixedTensor } from '../mixing.ts'

type Pad = 'same' | 'valid' | number

interface Shape {
  image: [number, number, number, number]
  filter: [number, number, number, number]
  strides: number | [number, number]
  pad: Pad
  dilations?: number
  rounding?: 'floor' | 'ceil'
}

const shapes: Shape[] = [
  { image: [2, 6, 6, 3], filter: [3, 3, 3, 4], strides: 1, pad: 'same' },
  { image: [2, 6, 6, 3], filter: [3, 3, 3, 4], strides: 1, pad: 'valid' },
  { image: [2, 6, 5, 3], filter: [3, 3, 3, 4], strides: 2, pad: 'same' },
  { image: [2, 7, 6, 3], filter: [3, 3, 3, 4], strides: 2, pad: 'valid' },
  { image: [2, 6, 6, 1], filter: [3, 3, 1, 4], strides: 1, pad: 'same' },
  { image: [2, 6, 6, 3], filter: [1, 1, 3, 4], strides: 1, pad: 'same' },
  { image: [2, 6, 6, 3], filter: [1, 1, 3, 4], strides: 2, pad: 'same' },
  { image: [1, 1, 1, 3], filter: [3, 3, 3, 2], strides: 1, pad: 'same' },
  { image: [2, 7, 7, 2], filter: [2, 4, 2, 3], strides: 1, pad: 'same' },
  { image: [2, 7, 7, 2], filter: [2, 2, 2, 3], strides: [3, 2], pad: 'same' },
  { image: [2, 7, 7, 2], filter: [3, 3, 2, 3], strides: 1, pad: 1 },
  { image: [2, 6, 6, 2], filter: [2, 2, 2, 3], strides: 1, pad: 2 },
  { image: [1, 6, 6, 2], filter: [5, 5, 2, 3], strides: 1, pad: 'same' },
  // Enough channels to fill blocks.
  { image: [2, 5, 6, 16], filter: [3, 3, 16, 32], strides: 1, pad: 'same' },
  { image: [2, 6, 7, 32], filter: [3, 3, 32, 16], strides: 2, pad: 'same' },
  { image: [1, 5, 5, 48], filter: [2, 3, 48, 16], strides: 1, pad: 'valid' },
]

const title = (s: Shape) =>
  `[${s.image}] by [${s.filter}], strides ${s.strides}, ${s.pad}${s.dilations ? `, dilations ${s.dilations}` : ''}`

const conv = (
  kernel: string,
  s: Shape,
  run: (x: tf.Tensor4D, w: tf.Tensor4D) => tf.Tensor,
  more: Partial<Case> = {},
): Case => ({
  kernel,
  name: title(s),
  inputs: { x: floats(s.image), w: floats(s.filter, { seed: 2 }) },
  run: ({ x, w }) => run(x as tf.Tensor4D, w as tf.Tensor4D),
  tolerance: 1e-4,
  ...more,
})

const depthwise: Shape[] = shapes.map((s) => ({ ...s, filter: [s.filter[0], s.filter[1], s.image[3], 1] }))
const multiplied: Shape[] = [
  { image: [2, 6, 6, 3], filter: [3, 3, 3, 2], strides: 1, pad: 'same' },
  { image: [2, 6, 6, 3], filter: [3, 3, 3, 2], strides: 2, pad: 'same' },
]
// TensorFlow.js's CPU backend computes other gradients for depthwise convolutions with explicit padding of 2.
const sensible = depthwise.filter((s) => s.pad !== 2)

const dilated: Shape = { image: [2, 8, 8, 2], filter: [3, 3, 2, 3], strides: 1, pad: 'same', dilations: 2 }

const windows = [
  { image: [2, 6, 6, 3], size: 2, strides: 2, pad: 'valid' },
  { image: [2, 7, 5, 3], size: 2, strides: 2, pad: 'same' },
  { image: [2, 7, 7, 3], size: 3, strides: 2, pad: 'same' },
  { image: [2, 7, 7, 3], size: 3, strides: 1, pad: 'valid' },
  { image: [2, 7, 7, 3], size: 2, strides: 3, pad: 'valid' },
  { image: [2, 6, 6, 2], size: 1, strides: 1, pad: 'valid' },
  { image: [1, 4, 4, 1], size: 4, strides: 4, pad: 'valid' },
] as { image: [number, number, number, number]; size: number; strides: number; pad: 'same' | 'valid' }[]

const channels = (c: number) => ({
  mean: floats([c], { seed: 3 }),
  variance: floats([c], { low: 0.5, high: 2, seed: 4 }),
  scale: floats([c], { seed: 5 }),
  offset: floats([c], { seed: 6 }),
})

export const convolutionCases: Case[] = [
  ...shapes.flatMap((s) => {
    const run = (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, s.strides, s.pad)
    return ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'].map((kernel) => conv(kernel, s, run))
  }),
  conv('Conv2D', dilated, (x, w) => tf.conv2d(x, w, 1, 'same', 'NHWC', 2), { gradient: false }),
  conv(
    'Conv2D',
    { image: [2, 3, 6, 6], filter: [3, 3, 3, 4], strides: 1, pad: 'same' },
    (x, w) => tf.transpose(tf.conv2d(x, w, 1, 'same', 'NCHW'), [0, 2, 3, 1]),
    { name: 'NCHW', gradient: false },
  ),
  conv(
    'Conv2DBackpropInput',
    shapes[2]!,
    (x, w) => tf.conv2dTranspose(x, tf.transpose(w, [0, 1, 3, 2]) as tf.Tensor4D, [2, 12, 10, 4], 2, 'same'),
    {
      name: 'as a transposed convolution',
    },
  ),
  ...(['linear', 'relu', 'relu6', 'elu', 'sigmoid'] as const).map(
    (activation): Case => ({
      kernel: 'FusedConv2D',
      name: activation,
      inputs: { x: floats([2, 6, 6, 3]), w: floats([3, 3, 3, 4], { seed: 2 }), b: floats([4], { seed: 3 }) },
      run: ({ x, w, b }) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: w as tf.Tensor4D,
          strides: 1,
          pad: 'same',
          bias: b,
          activation,
        }),
      tolerance: 1e-4,
    }),
  ),
  ...[...sensible, ...multiplied].flatMap((s) => {
    const run = (x: tf.Tensor4D, w: tf.Tensor4D) => tf.depthwiseConv2d(x, w, s.strides as number, s.pad)
    return ['DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter'].map(
      (kernel) => conv(kernel, s, run),
    )
  }),
  {
    kernel: 'FusedDepthwiseConv2D',
    inputs: { x: floats([2, 6, 6, 3]), w: floats([3, 3, 3, 2], { seed: 2 }), b: floats([6], { seed: 3 }) },
    run: ({ x, w, b }) =>
      tf.fused.depthwiseConv2d({
        x: x as tf.Tensor4D,
        filter: w as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        bias: b,
        activation: 'relu',
      }),
    tolerance: 1e-4,
  },
  ...windows.flatMap(({ image, size, strides, pad }): Case[] => {
    const name = `[${image}], ${size} by ${size}, strides ${strides}, ${pad}`
    const inputs = { x: floats(image) }
    const max = ({ x }: Record<string, tf.Tensor>) => tf.maxPool(x as tf.Tensor4D, size, strides, pad)
    const average = ({ x }: Record<string, tf.Tensor>) => tf.avgPool(x as tf.Tensor4D, size, strides, pad)
    const along = (axis: 1 | 2) => averages(image[axis], size, strides, pad)
    const reference = ({ x }: Record<string, tf.Tensor>) =>
      mixedTensor(x!, new Map([1, 2].map((k) => [k, along(k as 1)])))
    return [
      { kernel: 'MaxPool', name, inputs, run: max },
      { kernel: 'MaxPoolGrad', name, inputs, run: max },
      { kernel: 'AvgPool', name, inputs, run: average, reference },
      { kernel: 'AvgPoolGrad', name, inputs, run: average, reference },
    ]
  }),
  {
    kernel: 'MaxPoolGrad',
    name: 'ties go to the first',
    inputs: { x: { shape: [1, 4, 4, 1], values: Float32Array.from({ length: 16 }, (_, i) => Math.floor(i / 8)) } },
    run: ({ x }) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'),
  },
  {
    kernel: 'FusedBatchNorm',
    name: 'rows',
    inputs: { x: floats([6, 4]), ...channels(4) },
    run: ({ x, mean, variance, offset, scale }) =>
      tf.batchNorm2d(
        x as tf.Tensor2D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        1e-3,
      ),
    tolerance: 1e-4,
  },
  {
    kernel: 'FusedBatchNorm',
    name: 'images, channels first',
    inputs: { x: floats([2, 4, 4, 3]), w: floats([3, 3, 3, 5], { seed: 2 }), ...channels(5) },
    run: ({ x, w, mean, variance, offset, scale }) =>
      tf.batchNorm4d(
        tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        1e-3,
      ),
    tolerance: 1e-4,
  },
  {
    kernel: 'FusedBatchNorm',
    name: 'without scale and offset',
    inputs: { x: floats([2, 4, 4, 3]), mean: channels(3).mean, variance: channels(3).variance },
    run: ({ x, mean, variance }) => tf.batchNorm4d(x as tf.Tensor4D, mean as tf.Tensor1D, variance as tf.Tensor1D),
    // TensorFlow.js's gradient saves the scale even where there is none.
    gradient: false,
    tolerance: 1e-4,
  },
]
