// Geometry that convolutions and pooling share, taken from TensorFlow.js's own computation of it.
import type { backend_util } from '@tensorflow/tfjs-core'
import type { Value } from '../graph/value.ts'
import { image, imageValue, plainValue, type Recorded, whole } from '../record/recorded.ts'

export type DataFormat = 'NHWC' | 'NCHW'

/** How a window slides over an image: one number for height and one for width. */
export interface Window {
  kernel: [number, number]
  strides: [number, number]
  dilations: [number, number]
  /** Rows before, columns before, rows after, columns after, as ONNX orders them. */
  pads: [number, number, number, number]
  /** Height and width of the image and of the result. */
  input: [number, number]
  output: [number, number]
}

export function windowOf(info: backend_util.Conv2DInfo): Window {
  const input: [number, number] = [info.inHeight, info.inWidth]
  const output: [number, number] = [info.outHeight, info.outWidth]
  const kernel: [number, number] = [info.filterHeight, info.filterWidth]
  const strides: [number, number] = [info.strideHeight, info.strideWidth]
  const dilations: [number, number] = [info.dilationHeight, info.dilationWidth]
  const begins = [info.padInfo.top, info.padInfo.left]
  // Padding behind the last window is left out; where sizes are rounded up, the last window needs more of it.
  const ends = [0, 1].map((i) => {
    const reach = (output[i]! - 1) * strides[i]! + (kernel[i]! - 1) * dilations[i]! + 1
    return Math.max(0, reach - input[i]! - begins[i]!)
  })
  return { kernel, strides, dilations, pads: [begins[0]!, begins[1]!, ends[0]!, ends[1]!], input, output }
}

/** A tensor of images as [N,C,H,W]. */
export const images = (x: Recorded, format: DataFormat = 'NHWC'): Value => (format === 'NCHW' ? whole(x) : image(x))

/** [N,C,H,W] as the tensor it stands for. */
export const ofImages = (value: Value, format: DataFormat = 'NHWC'): Recorded =>
  format === 'NCHW' ? plainValue(value) : imageValue(value)
