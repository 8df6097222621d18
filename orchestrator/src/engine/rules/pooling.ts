// Rules for pooling and its gradients.
import { backend_util } from '@tensorflow/tfjs-core'
import { add, apply, cast, div, expand, mul, reshape, sub } from '../graph/build.ts'
import { constant, sameShape, scalar, type Value } from '../graph/value.ts'
import type { Rules, Target, Unary } from '../record/kernelTypes.ts'
import { image, imageValue, type Recorded } from '../record/recorded.ts'
import { maxPool, maxPoolGradient, poolAttributes, spread } from './maxPool.ts'
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

/** As in TensorFlow.js, whatever the strides and the padding are. */
const isOne = ({ kernel, input, output }: Window) => kernel.every((n) => n === 1) && sameShape(input, output)

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
    : constant(
        Float32Array.from(counts, (c) => 1 / c),
        [1, 1, ...output],
        'float32',
      )
  const share = mul(dy, shares)
  const tiles = [0, 1].every((i) => strides[i] === kernel[i] && input[i] === output[i]! * kernel[i]!)
  if (tiles && pads.every((p) => p === 0)) {
    const apart = reshape(share, [n * channels, output[0], 1, output[1], 1])
    const full = expand(apart, [n * channels, output[0], kernel[0], output[1], kernel[1]])
    return reshape(full, [n, channels, ...input])
  }
  const ones = constant(new Float32Array(kernel[0] * kernel[1]).fill(1), [1, 1, ...kernel], 'float32')
  return spread(reshape(share, [n * channels, 1, ...output]), ones, [n, channels], window)
}

export const pooling = {
  MaxPool: ({ x }: Unary, attributes: PoolAttributes) => {
    const window = poolWindow(x.shape, attributes)
    return isOne(window) ? x : imageValue(maxPool(image(x), window)[0]!)
  },
  MaxPoolGrad: (
    { dy, input, output }: Record<'dy' | 'input' | 'output', Recorded>,
    attributes: PoolAttributes,
    target: Target,
  ) => {
    const window = poolWindow(input.shape, attributes)
    if (isOne(window)) return dy
    return imageValue(maxPoolGradient(image(dy), image(input), image(output), window, target))
  },
  MaxPoolWithArgmax: ({ x }: Unary, attributes: PoolAttributes & { includeBatchInIndex: boolean }) => {
    const [y, places] = maxPool(image(x), poolWindow(x.shape, attributes)) as [Value, Value]
    const [, height, width, channels] = x.shape as [number, number, number, number]
    // ONNX counts places channels first and over the whole batch.
    const area = scalar(height * width, 'int64')
    const inImage = apply('Mod', [places, area], { fmod: 0 })
    const before = div(sub(places, inImage), area)
    const channel = apply('Mod', [before, scalar(channels, 'int64')], { fmod: 0 })
    const place = add(mul(inImage, scalar(channels, 'int64')), channel)
    const others = mul(sub(before, channel), area)
    return [imageValue(y), imageValue(cast(attributes.includeBatchInIndex ? add(place, others) : place, 'int32'))]
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
