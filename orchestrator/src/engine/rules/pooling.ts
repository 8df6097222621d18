// Rules for pooling and its gradients.
import { backend_util } from '@tensorflow/tfjs-core'
import { apply, applyAll, cast, concat, expand, mul, reshape, slice } from '../graph/build.ts'
import { constant, integers, scalar, size, type Value } from '../graph/value.ts'
import type { Rules, Target, Unary } from '../record/kernelTypes.ts'
import { image, imageValue, type Recorded } from '../record/recorded.ts'
import { type Window, windowOf } from './window.ts'

interface PoolAttributes {
  filterSize: number | [number, number]
  strides: number | [number, number]
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

function poolWindow(shape: number[], { filterSize, strides, pad, dimRoundingMode }: PoolAttributes): Window {
  const input = shape as [number, number, number, number]
  return windowOf(backend_util.computePool2DInfo(input, filterSize, strides, 1, pad, dimRoundingMode))
}

const poolAttributes = ({ kernel, strides, pads }: Window) => ({ kernel_shape: kernel, strides, pads })

const isOne = ({ kernel, strides }: Window) => [...kernel, ...strides].every((n) => n === 1)

function maxPool(x: Value, window: Window): Value[] {
  return applyAll('MaxPool', [x], { ...poolAttributes(window), storage_order: 0 })
}

/** The gradient goes to the first greatest element of each window, as in TensorFlow.js. */
function maxPoolGradient(dy: Value, x: Value, window: Window, { device }: Target): Value {
  const { kernel, strides, pads } = window
  if (device === 'webgpu') return maxPoolGradientByComparison(dy, x, window)
  const [, indices] = maxPool(x, window) as [Value, Value]
  const apart = strides.every((s, i) => s >= kernel[i]!)
  if (apart) {
    return apply('MaxUnpool', [dy, indices, integers(x.shape)], { kernel_shape: kernel, strides, pads })
  }
  const flat = [size(dy.shape)]
  const zeros = expand(scalar(0), [size(x.shape)])
  const sums = apply('ScatterElements', [zeros, reshape(indices, flat), reshape(dy, flat)], { axis: 0, reduction: 'add' })
  return reshape(sums, x.shape)
}

/** Without indices: compares every element of a window with its maximum, then spreads what is left of dy. */
function maxPoolGradientByComparison(dy: Value, x: Value, window: Window): Value {
  const { kernel, strides, pads, input, output } = window
  const lowest = scalar(-3.4028234663852886e38)
  const padded = apply('Pad', [x, integers([0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]]), lowest], {
    mode: 'constant',
  })
  const [y] = maxPool(x, window) as [Value]
  let open: Value | undefined
  const parts: Value[] = []
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      const starts = [row, column]
      const ends = starts.map((s, i) => s + (output[i]! - 1) * strides[i]! + 1)
      const greatest = apply('Equal', [slice(padded, [2, 3], starts, ends, strides), y])
      const first = open ? apply('And', [greatest, open]) : greatest
      const closed = apply('Not', [greatest])
      open = open ? apply('And', [open, closed]) : closed
      parts.push(mul(dy, cast(first, 'float32')))
    }
  }
  return spread(parts, window, input)
}

/** Adds up values of windows at their places in the image; `parts` has [N,C,h,w] for each place in a window. */
function spread(parts: Value[], { kernel, strides, pads, output }: Window, input: readonly number[]): Value {
  const [n, channels] = parts[0]!.shape as [number, number]
  const places = kernel[0] * kernel[1]
  const stacked = concat(
    parts.map((p) => reshape(p, [n, channels, 1, ...output])),
    2,
  )
  // A filter for each place in the window that has its one there.
  const ones = new Float32Array(places * places)
  for (let place = 0; place < places; place++) ones[place * places + place] = 1
  const filter = constant(ones, [places, 1, ...kernel], 'float32')
  return transposedWindows(reshape(stacked, [n * channels, places, ...output]), filter, [n, channels], {
    kernel,
    strides,
    pads,
    output,
    input: [input[0]!, input[1]!],
    dilations: [1, 1],
  })
}

function transposedWindows(x: Value, filter: Value, outer: [number, number], window: Window): Value {
  const { kernel, strides, pads, input, output } = window
  const missing = [0, 1].map(
    (i) => input[i]! - (strides[i]! * (output[i]! - 1) + kernel[i]! - pads[i]! - pads[i + 2]!),
  )
  const attributes = { strides, pads, dilations: [1, 1], group: 1, output_padding: missing }
  return reshape(apply('ConvTranspose', [x, filter], attributes), [...outer, ...input])
}

/** How many elements of the image each window covers. */
function coverage({ kernel, strides, pads, input, output }: Window): number[] {
  const along = [0, 1].map((i) =>
    Array.from({ length: output[i]! }, (_, o) => {
      const start = o * strides[i]! - pads[i]!
      return Math.min(start + kernel[i]!, input[i]!) - Math.max(start, 0)
    }),
  )
  return along[0]!.flatMap((rows) => along[1]!.map((columns) => rows * columns))
}

/**
 * Each element of a window gets an equal share of its gradient. Padding gets none: TensorFlow.js's JavaScript
 * backends divide by the whole window even where the forward pass divides by the part inside the image, so they
 * give another gradient at the borders with 'same'; this one is the derivative, as libtensorflow computes it.
 */
function averagePoolGradient(dy: Value, window: Window): Value {
  const { kernel, strides, pads, input, output } = window
  const [n, channels] = dy.shape as [number, number]
  const counts = coverage(window)
  const equal = counts.every((c) => c === counts[0])
  const shares = equal
    ? scalar(1 / counts[0]!)
    : constant(Float32Array.from(counts, (c) => 1 / c), [1, 1, ...output], 'float32')
  const share = mul(dy, shares)
  const tiles = [0, 1].every((i) => strides[i] === kernel[i] && input[i] === output[i]! * kernel[i]!)
  if (tiles && pads.every((p) => p === 0)) {
    const apart = reshape(share, [n * channels, output[0], 1, output[1], 1])
    const full = expand(apart, [n * channels, output[0], kernel[0], output[1], kernel[1]])
    return reshape(full, [n, channels, ...input])
  }
  const ones = constant(new Float32Array(kernel[0] * kernel[1]).fill(1), [1, 1, ...kernel], 'float32')
  return transposedWindows(reshape(share, [n * channels, 1, ...output]), ones, [n, channels], window)
}

export const pooling = {
  MaxPool: ({ x }: Unary, attributes: PoolAttributes) => {
    const window = poolWindow(x.shape, attributes)
    return isOne(window) ? x : imageValue(maxPool(image(x), window)[0]!)
  },
  MaxPoolGrad: ({ dy, input }: { dy: Recorded; input: Recorded }, attributes: PoolAttributes, target: Target) => {
    const window = poolWindow(input.shape, attributes)
    return isOne(window) ? dy : imageValue(maxPoolGradient(image(dy), image(input), window, target))
  },
  AvgPool: ({ x }: Unary, attributes: PoolAttributes) => {
    const window = poolWindow(x.shape, attributes)
    if (isOne(window)) return x
    return imageValue(apply('AveragePool', [image(x)], { ...poolAttributes(window), count_include_pad: 0 }))
  },
  AvgPoolGrad: ({ dy, input }: { dy: Recorded; input: Recorded }, attributes: PoolAttributes) => {
    const window = poolWindow(input.shape, attributes)
    return isOne(window) ? dy : imageValue(averagePoolGradient(image(dy), window))
  },
} satisfies Rules
