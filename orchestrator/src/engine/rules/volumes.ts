// Rules for convolutions and pooling of volumes, [N,D,H,W,C] in TensorFlow.js and [N,C,D,H,W] in ONNX, and their
// gradients. They are right, and not tuned as those of images are.
import { backend_util, type Conv3DAttrs, type MaxPool3DAttrs } from '@tensorflow/tfjs-core'
import { apply, applyAll, expand, mul, reshape, slice, transpose } from '../graph/build.ts'
import { constant, scalar, size, type Value } from '../graph/value.ts'
import type { Rules, Unary } from '../record/kernelTypes.ts'
import { plainValue, type Recorded, whole } from '../record/recorded.ts'

type Shape5 = [number, number, number, number, number]

/** How a window slides over a volume: a number for depth, for height and for width. */
interface Sliding {
  kernel: number[]
  strides: number[]
  dilations: number[]
  begins: number[]
  ends: number[]
  input: number[]
  output: number[]
}

function sliding(info: backend_util.Conv3DInfo): Sliding {
  const strides = [info.strideDepth, info.strideHeight, info.strideWidth]
  const dilations = [info.dilationDepth, info.dilationHeight, info.dilationWidth]
  const kernel = [info.filterDepth, info.filterHeight, info.filterWidth]
  const input = [info.inDepth, info.inHeight, info.inWidth]
  const output = [info.outDepth, info.outHeight, info.outWidth]
  // TensorFlow.js's padding is negative where strides are longer than the window; TensorFlow's is none.
  const begins = [info.padInfo.front, info.padInfo.top, info.padInfo.left].map((begin) => Math.max(0, begin))
  const ends = begins.map((begin, i) =>
    Math.max(0, (output[i]! - 1) * strides[i]! + (kernel[i]! - 1) * dilations[i]! + 1 - input[i]! - begin),
  )
  return { kernel, strides, dilations, begins, ends, input, output }
}

type Geometry = Pick<Conv3DAttrs, 'strides' | 'pad'> & { dilations?: Conv3DAttrs['dilations'] }

const convolving = (input: number[], filter: number[], { strides, pad, dilations }: Geometry) =>
  sliding(backend_util.computeConv3DInfo(input as Shape5, filter as Shape5, strides, dilations ?? 1, pad))

const pooling = (input: number[], { filterSize, strides, pad, dimRoundingMode }: MaxPool3DAttrs) =>
  sliding(backend_util.computePool3DInfo(input as Shape5, filterSize, strides, 1, pad, dimRoundingMode, 'NDHWC'))

const volume = (x: Recorded): Value => transpose(whole(x), [0, 4, 1, 2, 3])
const ofVolume = (x: Value): Recorded => plainValue(transpose(x, [0, 2, 3, 4, 1]))

/** [D,H,W,in,out] as [out,in,D,H,W]. */
const filterOf = (filter: Recorded): Value => transpose(whole(filter), [4, 3, 0, 1, 2])

const poolAttributes = ({ kernel, strides, begins, ends }: Sliding) => ({
  kernel_shape: kernel,
  strides,
  pads: [...begins, ...ends],
})

/** Adds up what windows give to the elements they lie on. `w` is [channels of dy, channels of the result, D, H, W]. */
function spread(dy: Value, w: Value, { kernel, strides, dilations, begins, ends, input, output }: Sliding): Value {
  const missing = input.map(
    (n, i) => n - (strides[i]! * (output[i]! - 1) + (kernel[i]! - 1) * dilations[i]! + 1 - begins[i]! - ends[i]!),
  )
  const attributes = { strides, dilations, pads: [...begins, ...ends], group: 1, output_padding: missing }
  return apply('ConvTranspose', [dy, w], attributes)
}

/** A convolution of x and dy with batch and channels swapped, in which strides and dilations change places. */
function filterGradient(x: Value, dy: Value, { kernel, strides, dilations, begins, ends, output }: Sliding): Value {
  const swapped = (v: Value) => transpose(v, [1, 0, 2, 3, 4])
  const result = apply('Conv', [swapped(x), swapped(dy)], {
    strides: dilations,
    dilations: strides,
    pads: [...begins, ...ends],
    group: 1,
    kernel_shape: output,
  })
  return transpose(slice(result, [2, 3, 4], [0, 0, 0], kernel), [2, 3, 4, 0, 1])
}

/** All of a window's gradient goes to its greatest element. */
function maxPoolGradient(dy: Value, x: Value, window: Sliding): Value {
  const [, places] = applyAll('MaxPool', [x], { ...poolAttributes(window), storage_order: 0 }) as [Value, Value]
  const flat = [size(dy.shape)]
  const zeros = expand(scalar(0), [size(x.shape)])
  const attributes = { axis: 0, reduction: 'add' }
  return reshape(apply('ScatterElements', [zeros, reshape(places, flat), reshape(dy, flat)], attributes), x.shape)
}

/** Each element of a window gets an equal share of its gradient, padding none (see the same for images). */
function averagePoolGradient(dy: Value, window: Sliding): Value {
  const [n, channels] = dy.shape as [number, number]
  const { kernel, strides, begins, input, output } = window
  const covered = [0, 1, 2].map((i) =>
    Array.from({ length: output[i]! }, (_, o) => {
      const start = o * strides[i]! - begins[i]!
      return Math.min(start + kernel[i]!, input[i]!) - Math.max(start, 0)
    }),
  )
  const shares = covered.reduce((all, along) => all.flatMap((a) => along.map((b) => a / b)), [1])
  const share = mul(dy, constant(Float32Array.from(shares), [1, 1, ...output], 'float32'))
  const ones = constant(new Float32Array(size(kernel)).fill(1), [1, 1, ...kernel], 'float32')
  return reshape(spread(reshape(share, [n * channels, 1, ...output]), ones, window), [n, channels, ...input])
}

export const volumes = {
  Conv3D: ({ x, filter }: { x: Recorded; filter: Recorded }, attributes: Conv3DAttrs) => {
    const window = convolving(x.shape, filter.shape, attributes)
    const { dilations } = window
    return ofVolume(apply('Conv', [volume(x), filterOf(filter)], { ...poolAttributes(window), dilations, group: 1 }))
  },
  Conv3DBackpropInputV2: (
    { dy, filter }: { dy: Recorded; filter: Recorded },
    attributes: Geometry & { inputShape: number[] },
  ) => ofVolume(spread(volume(dy), filterOf(filter), convolving(attributes.inputShape, filter.shape, attributes))),
  Conv3DBackpropFilterV2: (
    { x, dy }: { x: Recorded; dy: Recorded },
    attributes: Geometry & { filterShape: number[] },
  ) => plainValue(filterGradient(volume(x), volume(dy), convolving(x.shape, attributes.filterShape, attributes))),
  MaxPool3D: ({ x }: Unary, attributes: MaxPool3DAttrs) =>
    ofVolume(apply('MaxPool', [volume(x)], { ...poolAttributes(pooling(x.shape, attributes)), storage_order: 0 })),
  MaxPool3DGrad: ({ dy, input }: Record<'dy' | 'input', Recorded>, attributes: MaxPool3DAttrs) =>
    ofVolume(maxPoolGradient(volume(dy), volume(input), pooling(input.shape, attributes))),
  AvgPool3D: ({ x }: Unary, attributes: MaxPool3DAttrs) =>
    ofVolume(
      apply('AveragePool', [volume(x)], { ...poolAttributes(pooling(x.shape, attributes)), count_include_pad: 0 }),
    ),
  AvgPool3DGrad: ({ dy, input }: Record<'dy' | 'input', Recorded>, attributes: MaxPool3DAttrs) =>
    ofVolume(averagePoolGradient(volume(dy), pooling(input.shape, attributes))),
} satisfies Rules
