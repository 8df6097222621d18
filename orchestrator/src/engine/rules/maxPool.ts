// The greatest elements of windows, and where their gradient goes: to the first greatest element of each window, row
// by row, as in TensorFlow.js.
import {
  apply,
  applyAll,
  cast,
  concat,
  expand,
  mul,
  reshape,
  slice,
  sub,
  tileParts,
  transpose,
} from '../graph/build.ts'
import { constant, integers, scalar, size, type Value } from '../graph/value.ts'
import type { Target } from '../record/kernelTypes.ts'
import type { Window } from './window.ts'

export const poolAttributes = ({ kernel, strides, pads }: Window) => ({ kernel_shape: kernel, strides, pads })

/** The maxima and, where something reads them, their places in x. */
export function maxPool(x: Value, window: Window): Value[] {
  return applyAll('MaxPool', [x], { ...poolAttributes(window), storage_order: 0 })
}

/** dL/dx, where y are the maxima of x. */
export function maxPoolGradient(dy: Value, x: Value, y: Value, window: Window, target: Target): Value {
  const { kernel, strides, pads, input, output } = window
  const apart = [0, 1].every((i) => strides[i]! >= kernel[i]!)
  // Pooling and its gradient take 7.9 ms instead of the 18 of comparing, for 128 images of 28x28x32 in tiles of 2x2.
  if (apart && target.device === 'cpu') return unpooled(dy, x, window)
  const tiles = [0, 1].every((i) => strides[i] === kernel[i] && input[i] === output[i]! * kernel[i]!)
  if (tiles && pads.every((n) => n === 0)) return joinTiles(shares(dy, y, tileParts(x, kernel)), window)
  // onnxruntime's WebGPU provider has no places of maxima.
  return target.device === 'webgpu' ? byComparison(dy, x, y, window) : byPlaces(dy, x, window)
}

/** Puts each window's gradient in its maximum's place, which no other window has. */
function unpooled(dy: Value, x: Value, window: Window): Value {
  const [, places] = maxPool(x, window) as [Value, Value]
  return apply('MaxUnpool', [dy, places, integers(x.shape)], poolAttributes(window))
}

function byPlaces(dy: Value, x: Value, window: Window): Value {
  const [, places] = maxPool(x, window) as [Value, Value]
  const flat = [size(dy.shape)]
  const zeros = expand(scalar(0), [size(x.shape)])
  const attributes = { axis: 0, reduction: 'add' }
  return reshape(apply('ScatterElements', [zeros, reshape(places, flat), reshape(dy, flat)], attributes), x.shape)
}

/** What each part gets of dy: the first that equals the maximum gets all of it. */
function shares(dy: Value, y: Value, parts: Value[]): Value[] {
  const given: Value[] = []
  let rest = dy
  for (const part of parts.slice(0, -1)) {
    const share = apply('Where', [apply('Equal', [part, y]), rest, scalar(0)])
    given.push(share)
    rest = sub(rest, share)
  }
  return [...given, rest]
}

/** Puts parts of tiles together again: the inverse of `tileParts`. */
function joinTiles(parts: Value[], { kernel, input, output }: Window): Value {
  const [n, channels] = parts[0]!.shape as [number, number]
  const [rows, columns] = kernel
  const [height, width] = output
  const stacked = concat(
    parts.map((part) => reshape(part, [1, n * channels, height, width])),
    0,
  )
  const apart = reshape(stacked, [rows, columns, n * channels, height, width])
  return reshape(transpose(apart, [2, 3, 0, 4, 1]), [n, channels, ...input])
}

/** Compares every element of a window with its maximum, then adds up what falls on each element of x. */
function byComparison(dy: Value, x: Value, y: Value, window: Window): Value {
  const { kernel, strides, pads, output } = window
  const [n, channels] = dy.shape as [number, number]
  const lowest = scalar(-3.4028234663852886e38)
  const padded = apply('Pad', [x, integers([0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]]), lowest], {
    mode: 'constant',
  })
  let open: Value | undefined
  const parts: Value[] = []
  for (let place = 0; place < kernel[0] * kernel[1]; place++) {
    const starts = [Math.floor(place / kernel[1]), place % kernel[1]]
    const ends = starts.map((start, i) => start + (output[i]! - 1) * strides[i]! + 1)
    const greatest = apply('Equal', [slice(padded, [2, 3], starts, ends, strides), y])
    const first = open ? apply('And', [greatest, open]) : greatest
    const others = apply('Not', [greatest])
    open = open ? apply('And', [open, others]) : others
    parts.push(reshape(mul(dy, cast(first, 'float32')), [n * channels, 1, ...output]))
  }
  // A filter for each place in the window that has its one there.
  const ones = new Float32Array(parts.length ** 2)
  for (let place = 0; place < parts.length; place++) ones[place * parts.length + place] = 1
  const filter = constant(ones, [parts.length, 1, ...kernel], 'float32')
  return spread(concat(parts, 1), filter, [n, channels], window)
}

/**
 * Adds up windows at their places in the image.
 * @param x for each image and channel, one or more values a window
 * @param filter how each of them is spread over the window
 */
export function spread(x: Value, filter: Value, outer: [number, number], window: Window): Value {
  const { kernel, strides, pads, input, output } = window
  const missing = [0, 1].map((i) => input[i]! - (strides[i]! * (output[i]! - 1) + kernel[i]! - pads[i]! - pads[i + 2]!))
  const attributes = { strides, pads, dilations: [1, 1], group: 1, output_padding: missing }
  return reshape(apply('ConvTranspose', [x, filter], attributes), [...outer, ...input])
}
