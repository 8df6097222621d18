// The gradient of a convolution's filter, for which there is no ONNX operator. Five ways to compute the same, and
// which one is taken. x is [N,C,H,W] and dy [N,O,h,w]; the result is [rows,columns,C,O], as TensorFlow.js has filters.
import { apply, concat, pad, reduce, reshape, slice, transpose } from '../graph/build.ts'
import { constant, type Value } from '../graph/value.ts'
import type { Target } from '../record/kernelTypes.ts'
import type { Window } from './window.ts'

// With fewer channels than this, a row of channels is too short to be copied at a time.
const FEW_CHANNELS = 4

export function filterGradient(x: Value, dy: Value, window: Window, { device }: Target): Value {
  // Measured on one thread, batch 128, 3x3: for 16 channels of 28x28, byVolume takes 11 ms and byColumns 15; for one
  // channel 5.5 and 1.9. Other devices may have no convolution of volumes.
  if (device === 'webgpu') return bySelection(x, dy, window)
  if (device !== 'cpu' || x.shape[1]! < FEW_CHANNELS) return byColumns(x, dy, window)
  return window.dilations.every((n) => n === 1) ? byRows(x, dy, window) : byVolume(x, dy, window)
}

/**
 * As byVolume, but the channels lie in the rows, side by side with the columns: what is unfolded inside is copied in
 * longer runs. 128 images of 32x32x16 to 16x16x32 take 4.7 ms instead of 8.6, with stride 1 about a tenth less.
 */
function byRows(x: Value, dy: Value, { kernel, strides, pads, output }: Window): Value {
  const [n, channels, height, width] = x.shape as [number, number, number, number]
  const out = dy.shape[1]!
  const image = reshape(transpose(x, [0, 2, 3, 1]), [1, n, height, width * channels])
  const result = apply('Conv', [image, transpose(dy, [1, 0, 2, 3])], {
    strides: [1, 1],
    dilations: [strides[0], strides[1] * channels],
    pads: [pads[0], pads[1] * channels, pads[2], pads[3] * channels],
    group: 1,
    kernel_shape: output,
  })
  const kept = slice(result, [2, 3], [0, 0], [kernel[0], kernel[1] * channels])
  return transpose(reshape(kept, [out, ...kernel, channels]), [1, 2, 3, 0])
}

/**
 * A convolution of a volume, whose channels are the batch and whose third axis are the channels: dy is its filter
 * and slides over rows and columns of x, so that strides and dilations change places. All of the filter's elements
 * are results of one matrix product inside, which is long enough to be fast, and nothing is unfolded in memory.
 */
function byVolume(x: Value, dy: Value, { kernel, strides, dilations, pads, output }: Window): Value {
  const [n, channels, height, width] = x.shape as [number, number, number, number]
  const out = dy.shape[1]!
  const volume = reshape(transpose(x, [0, 2, 3, 1]), [1, n, height, width, channels])
  const filter = reshape(transpose(dy, [1, 0, 2, 3]), [out, n, ...output, 1])
  const result = apply('Conv', [volume, filter], {
    strides: [...dilations, 1],
    dilations: [...strides, 1],
    pads: [pads[0], pads[1], 0, pads[2], pads[3], 0],
    group: 1,
    kernel_shape: [...output, 1],
  })
  const kept = slice(result, [2, 3], [0, 0], kernel)
  return transpose(reshape(kept, [out, ...kernel, channels]), [1, 2, 3, 0])
}

/** Unfolds x into columns, one for each place in the filter, and multiplies with dy image by image. */
function byColumns(x: Value, dy: Value, { kernel, strides, dilations, pads, output }: Window): Value {
  const [n, channels] = x.shape as [number, number]
  const out = dy.shape[1]!
  const padded = pad(x, [0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]])
  const parts: Value[] = []
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      const starts = [row * dilations[0], column * dilations[1]]
      const ends = starts.map((start, i) => start + (output[i]! - 1) * strides[i]! + 1)
      parts.push(slice(padded, [2, 3], starts, ends, strides))
    }
  }
  const area = output[0] * output[1]
  const columns = reshape(concat(parts, 1), [n, parts.length * channels, area])
  const products = apply('MatMul', [reshape(dy, [n, out, area]), transpose(columns, [0, 2, 1])])
  const sum = reduce('ReduceSum', products, [0], false)
  return transpose(reshape(sum, [out, ...kernel, channels]), [1, 2, 3, 0])
}

/**
 * As byColumns, with fewer operators: a convolution whose filters hold a single one each unfolds x. Of the product's
 * operands dy is the smaller one to be transposed.
 */
function bySelection(x: Value, dy: Value, { kernel, strides, dilations, pads, output }: Window): Value {
  const [n, channels] = x.shape as [number, number]
  const out = dy.shape[1]!
  const area = output[0] * output[1]
  const places = kernel[0] * kernel[1]
  const isWhole = places === 1 && area === x.shape[2]! * x.shape[3]!
  const columns = isWhole
    ? x
    : apply('Conv', [x, selection(channels, kernel)], {
        strides,
        dilations,
        pads,
        group: channels,
        kernel_shape: kernel,
      })
  const gradients = transpose(reshape(dy, [n, out, area]), [0, 2, 1])
  const products = apply('MatMul', [reshape(columns, [n, channels * places, area]), gradients])
  const sum = reduce('ReduceSum', products, [0], false)
  return transpose(reshape(sum, [channels, ...kernel, out]), [1, 2, 0, 3])
}

/** Filters [channels * places, 1, rows, columns]; each gives the channel's element at one place under the filter. */
function selection(channels: number, [rows, columns]: Window['kernel']): Value {
  const places = rows * columns
  const filters = Float32Array.from({ length: channels * places ** 2 }, (_, i) =>
    Number(Math.floor(i / places) % places === i % places),
  )
  return constant(filters, [channels * places, 1, rows, columns], 'float32')
}
