// Convolutions in blocks of channels, for which onnxruntime has the faster kernels: 3x3 over 128 images of 28x28x16
// takes 4.4 ms instead of 8.7, and 6.9 with the reordering around it. onnxruntime takes them by itself only where
// filters are constant, which they are not while they are trained.
import { apply, reshape, slice, transpose } from '../graph/build.ts'
import type { Value } from '../graph/value.ts'
import type { Window } from './window.ts'

/** x [N,C,H,W] with a filter in blocks. */
export function convolveBlocked(x: Value, filter: Value, window: Window, group = 1): Value {
  const { strides, pads, dilations, kernel } = window
  const blocks = apply('ToBlocks', [x], { channels_last: 0 })
  const attributes = { strides, pads, dilations, group, kernel_shape: kernel }
  const result = apply('BlockedConv', [blocks, filter], attributes)
  return apply('FromBlocks', [result], { channels: filter.shape[0]!, channels_last: 0 })
}

/** [rows,columns,in,out] as [in / block, in's place, out / block, out's place] after rows and columns. */
function split(filter: Value, block: number): Value {
  const [rows, columns, within, out] = filter.shape as [number, number, number, number]
  return reshape(filter, [rows, columns, within / block, block, out / block, block])
}

/** A filter [rows,columns,in,out] in blocks. */
export function blockedFilter(filter: Value, block: number): Value {
  const [rows, columns, within, out] = filter.shape as [number, number, number, number]
  return reshape(transpose(split(filter, block), [4, 2, 0, 1, 3, 5]), [out, within, rows, columns])
}

/** A filter [rows,columns,…] with rows and columns reversed. */
export function turned(filter: Value): Value {
  const [rows, columns] = filter.shape as [number, number]
  return slice(filter, [0, 1], [-1, -1], [-rows - 1, -columns - 1], [-1, -1])
}

/** The filter of the way back in blocks: turned, in and out exchanged. */
export function blockedFilterBack(filter: Value, block: number): Value {
  const [rows, columns, within, out] = filter.shape as [number, number, number, number]
  return reshape(transpose(split(turned(filter), block), [2, 4, 0, 1, 5, 3]), [within, out, rows, columns])
}

/**
 * A depthwise filter [rows,columns,channels,1] in blocks, in which a channel's place comes last. 128 images of
 * 16x16x128 take 8.4 ms, with the reordering, instead of 14.
 */
export function blockedDepthwiseFilter(filter: Value, block: number): Value {
  const [rows, columns, channels] = filter.shape as [number, number, number]
  const split = reshape(filter, [rows, columns, channels / block, block])
  return reshape(transpose(split, [2, 0, 1, 3]), [channels, 1, rows, columns])
}
