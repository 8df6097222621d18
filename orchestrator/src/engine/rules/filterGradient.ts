// The gradient of a convolution's filter, for which there is no ONNX operator.
import { apply, slice, transpose } from '../graph/build.ts'
import type { Value } from '../graph/value.ts'
import type { Recorded } from '../record/recorded.ts'
import { type DataFormat, images, type Window } from './window.ts'

/** dL/dfilter as [H,W,in,out]. */
export function filterGradient(x: Recorded, dy: Recorded, window: Window, format: DataFormat | undefined): Value {
  return byConvolution(images(x, format), images(dy, format), window)
}

/** A convolution of x and dy with batch and channels swapped, in which strides and dilations change places. */
function byConvolution(x: Value, dy: Value, { kernel, strides, dilations, pads, output }: Window): Value {
  const swapped = (v: Value) => transpose(v, [1, 0, 2, 3])
  const attributes = { strides: dilations, dilations: strides, pads, group: 1, kernel_shape: output }
  const result = apply('Conv', [swapped(x), swapped(dy)], attributes)
  // Rows that no window reached with its last element give more than the filter has.
  return transpose(slice(result, [2, 3], [0, 0], kernel), [2, 3, 0, 1])
}
