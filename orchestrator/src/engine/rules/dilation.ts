// Rules for morphological dilation, the maximum of an image's windows with a filter added, and its gradients: each
// window's goes to the first greatest sum.
import { backend_util, type Dilation2DAttrs } from '@tensorflow/tfjs-core'
import { add, apply, concat, reduce, reshape, slice, sub } from '../graph/build.ts'
import { constant, integers, scalar, size, type Value } from '../graph/value.ts'
import type { Rules } from '../record/kernelTypes.ts'
import { image, imageValue, plainValue, type Recorded, whole } from '../record/recorded.ts'
import { castTo, float } from './combine.ts'
import { type Window, windowOf } from './window.ts'

interface Operands {
  x: Recorded
  filter: Recorded
}

function geometry({ x, filter }: Operands, { strides, pad, dilations }: Dilation2DAttrs): Window {
  const [input, kernel] = [x.shape, filter.shape] as [[number, number, number, number], [number, number, number]]
  return windowOf(backend_util.computeDilation2DInfo(input, kernel, strides, pad, 'NHWC', dilations))
}

// TensorFlow.js's own: no sum is less.
const LOWEST = Number.MIN_SAFE_INTEGER

/** For each place in the window, the sums there: [N,C,h,w]. */
function sums({ x, filter }: Operands, { kernel, strides, dilations, pads, output }: Window): Value[] {
  const channels = x.shape[3]!
  const padded = apply(
    'Pad',
    [image(float(x)), integers([0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]]), scalar(LOWEST)],
    { mode: 'constant' },
  )
  const heights = reshape(whole(float(filter)), [size(kernel), 1, channels, 1, 1])
  return Array.from({ length: size(kernel) }, (_, place) => {
    const starts = [Math.floor(place / kernel[1]) * dilations[0], (place % kernel[1]) * dilations[1]]
    const ends = starts.map((start, i) => start + (output[i]! - 1) * strides[i]! + 1)
    const height = reshape(slice(heights, [0], [place], [place + 1]), [1, channels, 1, 1])
    return add(slice(padded, [2, 3], starts, ends, strides), height)
  })
}

const greatest = (values: Value[]): Value => values.reduce((a, b) => apply('Max', [a, b]))

/** What each place in the window gets of dy. */
function shares(dy: Value, places: Value[]): Value[] {
  const y = greatest(places)
  let rest = dy
  return places.map((place) => {
    const share = apply('Where', [apply('Equal', [place, y]), rest, scalar(0)])
    rest = sub(rest, share)
    return share
  })
}

export const dilation = {
  Dilation2D: (operands: Operands, attributes: Dilation2DAttrs) =>
    castTo(imageValue(greatest(sums(operands, geometry(operands, attributes)))), operands.x.dtype),
  Dilation2DBackpropInput: ({ dy, ...operands }: Operands & { dy: Recorded }, attributes: Dilation2DAttrs) => {
    const window = geometry(operands, attributes)
    const { kernel, strides, dilations, pads, input, output } = window
    const parts = shares(image(float(dy)), sums(operands, window))
    const [n, channels] = parts[0]!.shape as [number, number]
    const stacked = concat(
      parts.map((part) => reshape(part, [n * channels, 1, ...output])),
      1,
    )
    // A filter for each place in the window that has its one there.
    const ones = new Float32Array(parts.length ** 2)
    for (let place = 0; place < parts.length; place++) ones[place * parts.length + place] = 1
    const filter = constant(ones, [parts.length, 1, ...kernel], 'float32')
    const missing = [0, 1].map(
      (i) =>
        input[i]! - (strides[i]! * (output[i]! - 1) + (kernel[i]! - 1) * dilations[i]! + 1 - pads[i]! - pads[i + 2]!),
    )
    const spread = apply('ConvTranspose', [stacked, filter], {
      strides,
      pads,
      dilations,
      group: 1,
      output_padding: missing,
    })
    return castTo(imageValue(reshape(spread, [n, channels, ...input])), operands.x.dtype)
  },
  Dilation2DBackpropFilter: ({ dy, ...operands }: Operands & { dy: Recorded }, attributes: Dilation2DAttrs) => {
    const window = geometry(operands, attributes)
    const parts = shares(image(float(dy)), sums(operands, window))
    const rows = parts.map((part) => reduce('ReduceSum', reshape(part, [1, ...part.shape]), [1, 3, 4], false))
    return castTo(plainValue(reshape(concat(rows, 0), operands.filter.shape)), operands.filter.dtype)
  },
} satisfies Rules
