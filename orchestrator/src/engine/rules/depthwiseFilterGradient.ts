// The gradient of a depthwise convolution's filter, for which there is no ONNX operator, in three ways. x is [N,C,H,W]
// and dy [N,C*multiplier,h,w]; the result is [rows,columns,C,multiplier], as TensorFlow.js has filters.
import { apply, concat, pad, reduce, reshape, slice, transpose } from '../graph/build.ts'
import { constant, type Value } from '../graph/value.ts'
import type { Target } from '../record/kernelTypes.ts'
import type { Window } from './window.ts'

// byProducts computes as many products for each element of x as it has columns; here they still cost less than
// unfolding x does.
const WIDEST = 64

export function depthwiseFilterGradient(
  x: Value,
  dy: Value,
  window: Window,
  multiplier: number,
  { device }: Target,
): Value {
  // Measured on one thread for 128 images: 32x32x32 take 36 ms and by convolution 55, 16x16x128 take 32 and 55.
  if (device === 'webgpu') return byImages(x, dy, window, multiplier)
  const fits = device === 'cpu' && multiplier === 1 && window.input[1] <= WIDEST
  return fits ? byProducts(x, dy, window) : byConvolution(x, dy, window, multiplier)
}

/** A convolution of x and dy with batch and channels swapped, in which strides and dilations change places. */
function byConvolution(x: Value, dy: Value, window: Window, multiplier: number): Value {
  const [n, channels, h, w] = x.shape as [number, number, number, number]
  const { kernel, strides, dilations, pads, output } = window
  const images = reshape(swapped(x), [1, channels * n, h, w])
  const attributes = { strides: dilations, dilations: strides, pads, group: channels, kernel_shape: output }
  const kept = slice(apply('Conv', [images, swapped(dy)], attributes), [2, 3], [0, 0], kernel)
  return transpose(reshape(kept, [channels, multiplier, ...kernel]), [2, 3, 0, 1])
}

/**
 * As byConvolution, but every image of the batch has a group of its own, and their results are added: onnxruntime's
 * kernel on WebGPU has a thread for each result, of which an H200 wants many: 128 images of 32x32x32 took it 9.6 ms.
 */
function byImages(x: Value, dy: Value, window: Window, multiplier: number): Value {
  const [n, channels, h, w] = x.shape as [number, number, number, number]
  const { kernel, strides, dilations, pads, output } = window
  const group = n * channels
  const filters = reshape(dy, [group * multiplier, 1, ...output])
  const attributes = { strides: dilations, dilations: strides, pads, group, kernel_shape: output }
  const kept = slice(apply('Conv', [reshape(x, [1, group, h, w]), filters], attributes), [2, 3], [0, 0], kernel)
  const sum = reduce('ReduceSum', reshape(kept, [n, channels * multiplier * kernel[0] * kernel[1]]), [0], false)
  return transpose(reshape(sum, [channels, multiplier, ...kernel]), [2, 3, 0, 1])
}

/**
 * For each row of the filter a matrix product, over all images and rows, of every column of dy with every column of
 * x; the filter's elements are sums of its diagonals, which a product with a constant adds up.
 */
function byProducts(x: Value, dy: Value, { kernel, strides, dilations, pads, output }: Window): Value {
  const [n, channels] = x.shape as [number, number]
  const [rows, columns] = kernel
  const padded = pad(swapped(x), [0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]])
  const wide = padded.shape[3]!
  const lines = n * output[0]
  const gradients = transpose(reshape(swapped(dy), [channels, lines, output[1]]), [0, 2, 1])
  const products = Array.from({ length: rows }, (_, row) => {
    const first = row * dilations[0]
    const met = slice(padded, [2], [first], [first + (output[0] - 1) * strides[0] + 1], [strides[0]])
    return apply('MatMul', [gradients, reshape(met, [channels, lines, wide])])
  })
  const all = reshape(concat(products, 0), [rows * channels, output[1] * wide])
  const diagonals = new Float32Array(output[1] * wide * columns)
  for (let at = 0; at < output[1]; at++) {
    for (let column = 0; column < columns; column++) {
      diagonals[(at * wide + at * strides[1] + column * dilations[1]) * columns + column] = 1
    }
  }
  const sums = apply('MatMul', [all, constant(diagonals, [output[1] * wide, columns], 'float32')])
  return reshape(transpose(reshape(sums, [rows, channels, columns]), [0, 2, 1]), [rows, columns, channels, 1])
}

const swapped = (x: Value) => transpose(x, [1, 0, 2, 3])
