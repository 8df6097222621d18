// Rules for two-dimensional convolutions and their gradients. Filters are [H,W,in,out] in TensorFlow.js and
// [out,in,H,W] in ONNX. A depthwise convolution is one with as many groups as channels.
import {
  backend_util,
  type Conv2DAttrs,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type DepthwiseConv2dNativeAttrs,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
} from '@tensorflow/tfjs-core'
import { apply, reshape, slice, transpose } from '../graph/build.ts'
import { sameShape, type Value } from '../graph/value.ts'
import type { Rules, Target } from '../record/kernelTypes.ts'
import { plainValue, type Recorded, whole } from '../record/recorded.ts'
import { type FusedAttributes, finish } from './activation.ts'
import { blockedDepthwiseFilter, blockedFilter, blockedFilterBack, convolveBlocked, turned } from './blocked.ts'
import { depthwiseFilterGradient } from './depthwiseFilterGradient.ts'
import { filterGradient } from './filterGradient.ts'
import { type DataFormat, images, ofImages, type Window, windowOf } from './window.ts'

type Shape4 = [number, number, number, number]

interface Geometry {
  strides: number | [number, number]
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  dilations?: number | [number, number]
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
  dataFormat?: DataFormat
}

function geometry(input: number[], filter: number[], g: Geometry, depthwise: boolean): Window {
  const format = g.dataFormat === 'NCHW' ? 'channelsFirst' : 'channelsLast'
  const { strides, pad, dilations, dimRoundingMode } = g
  return windowOf(
    backend_util.computeConv2DInfo(
      input as Shape4,
      filter as Shape4,
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
      depthwise,
      format,
    ),
  )
}

/** [H,W,in,out] as [out,in,H,W]. */
const filterOf = (filter: Recorded): Value => transpose(whole(filter), [3, 2, 0, 1])

/** A depthwise filter [H,W,channels,multiplier] as [channels * multiplier, 1, H, W]. */
function depthwiseFilterOf(filter: Recorded): Value {
  const [h, w, channels, multiplier] = filter.shape as Shape4
  return reshape(transpose(whole(filter), [2, 3, 0, 1]), [channels * multiplier, 1, h, w])
}

/** The length of the blocks in which a convolution can run: its channels must fill them. */
function blockFor({ block }: Target, window: Window, filter: Recorded): number | undefined {
  const [, , within, out] = filter.shape as Shape4
  // The matrix product of a 1x1 convolution needs no blocks to be fast.
  const fits = block && within % block === 0 && out % block === 0 && window.kernel.some((k) => k > 1)
  return fits ? block : undefined
}

/** The same for a depthwise convolution. */
function depthwiseBlockFor({ block }: Target, filter: Recorded): number | undefined {
  const [, , channels, multiplier] = filter.shape as Shape4
  return block && channels % block === 0 && multiplier === 1 ? block : undefined
}

function convolve(x: Value, w: Value, { strides, pads, dilations, kernel }: Window, group: number): Value {
  return apply('Conv', [x, w], { strides, pads, dilations, group, kernel_shape: kernel })
}

/**
 * The gradient of a convolution's input as a convolution with the filter turned around, which onnxruntime runs
 * faster than a transposed one; undefined where strides leave gaps.
 */
function wayBack({ kernel, strides, dilations, pads, input, output }: Window): Window | undefined {
  const reach = kernel.map((k, i) => (k - 1) * dilations[i]!)
  const begins = [0, 1].map((i) => reach[i]! - pads[i]!)
  const ends = [0, 1].map((i) => input[i]! - output[i]! - begins[i]! + reach[i]!)
  if (strides.some((s) => s !== 1) || [...begins, ...ends].some((n) => n < 0)) return undefined
  const back: Window['pads'] = [begins[0]!, begins[1]!, ends[0]!, ends[1]!]
  return { kernel, strides, dilations, pads: back, input: output, output: input }
}

/** The gradient of a convolution's input; `w` is [out, in / groups, H, W]. */
function inputGradient(dy: Value, w: Value, window: Window, group: number): Value {
  const back = wayBack(window)
  if (back) return convolve(dy, turnAround(w, group), back, group)
  const { kernel, strides, dilations, pads, input, output } = window
  const missing = [0, 1].map(
    (i) =>
      input[i]! - (strides[i]! * (output[i]! - 1) + (kernel[i]! - 1) * dilations[i]! + 1 - pads[i]! - pads[i + 2]!),
  )
  return apply('ConvTranspose', [dy, w], { strides, pads, dilations, group, output_padding: missing })
}

/** [out, in / groups, H, W] as the filter of the way back, [in, out / groups, H, W] with rows and columns reversed. */
function turnAround(w: Value, group: number): Value {
  const [out, within, h, width] = w.shape as [number, number, number, number]
  const reversed = h * width === 1 ? w : slice(w, [2, 3], [-1, -1], [-h - 1, -width - 1], [-1, -1])
  if (group === 1) return transpose(reversed, [1, 0, 2, 3])
  const grouped = transpose(reshape(reversed, [group, out / group, within, h, width]), [0, 2, 1, 3, 4])
  return reshape(grouped, [group * within, out / group, h, width])
}

interface Operands {
  x: Recorded
  filter: Recorded
}

interface FusedOperands extends Operands {
  bias?: Recorded
  preluActivationWeights?: Recorded
}

function conv2d({ x, filter }: Operands, attributes: Conv2DAttrs, target: Target): Recorded {
  const window = geometry(x.shape, filter.shape, attributes, false)
  const block = blockFor(target, window, filter)
  if (block) {
    const w = blockedFilter(whole(filter), block)
    return ofImages(convolveBlocked(images(x, attributes.dataFormat), w, window), attributes.dataFormat)
  }
  return ofImages(convolve(images(x, attributes.dataFormat), filterOf(filter), window, 1), attributes.dataFormat)
}

function depthwise({ x, filter }: Operands, attributes: DepthwiseConv2dNativeAttrs, target: Target): Recorded {
  const window = geometry(x.shape, filter.shape, attributes, true)
  const block = depthwiseBlockFor(target, filter)
  if (block) {
    const w = blockedDepthwiseFilter(whole(filter), block)
    const { dataFormat } = attributes
    return ofImages(convolveBlocked(images(x, dataFormat), w, window, filter.shape[2]), dataFormat)
  }
  const result = convolve(images(x, attributes.dataFormat), depthwiseFilterOf(filter), window, filter.shape[2]!)
  return ofImages(result, attributes.dataFormat)
}

/** A bias or slope that TensorFlow.js gives for channels, where these are not the last axis. */
function biasOf(bias: Recorded | undefined, format: DataFormat | undefined): Recorded | undefined {
  if (!bias || format !== 'NCHW' || bias.shape.length !== 1) return bias
  return plainValue(reshape(whole(bias), [bias.shape[0]!, 1, 1]))
}

export const convolution = {
  Conv2D: conv2d,
  FusedConv2D: (inputs: FusedOperands, attributes: Conv2DAttrs & FusedAttributes, target: Target) =>
    finish(
      conv2d(inputs, attributes, target),
      biasOf(inputs.bias, attributes.dataFormat),
      attributes,
      biasOf(inputs.preluActivationWeights, attributes.dataFormat),
    ),
  Conv2DBackpropInput: (
    { dy, filter }: { dy: Recorded; filter: Recorded },
    attributes: Conv2DBackpropInputAttrs,
    target: Target,
  ) => {
    const window = geometry(attributes.inputShape, filter.shape, attributes, false)
    const gradient = images(dy, attributes.dataFormat)
    if (!sameShape(gradient.shape.slice(2), window.output)) {
      throw new Error(
        `the gradient's images are [${gradient.shape.slice(2)}], but the convolution gives [${window.output}]`,
      )
    }
    const back = wayBack(window)
    const block = back && blockFor(target, window, filter)
    const result = block
      ? convolveBlocked(gradient, blockedFilterBack(whole(filter), block), back)
      : inputGradient(gradient, filterOf(filter), window, 1)
    return ofImages(result, attributes.dataFormat)
  },
  Conv2DBackpropFilter: (
    { x, dy }: { x: Recorded; dy: Recorded },
    attributes: Conv2DBackpropFilterAttrs,
    target: Target,
  ) => {
    const window = geometry(x.shape, attributes.filterShape, attributes, false)
    const { dataFormat } = attributes
    return plainValue(filterGradient(images(x, dataFormat), images(dy, dataFormat), window, target))
  },
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2D: (
    inputs: FusedOperands,
    attributes: DepthwiseConv2dNativeAttrs & FusedAttributes,
    target: Target,
  ) =>
    finish(
      depthwise(inputs, attributes, target),
      biasOf(inputs.bias, attributes.dataFormat),
      attributes,
      biasOf(inputs.preluActivationWeights, attributes.dataFormat),
    ),
  DepthwiseConv2dNativeBackpropInput: (
    { dy, filter }: { dy: Recorded; filter: Recorded },
    attributes: DepthwiseConv2dNativeBackpropInputAttrs,
    target: Target,
  ) => {
    const window = geometry(attributes.inputShape, filter.shape, attributes, true)
    const back = wayBack(window)
    const block = back && depthwiseBlockFor(target, filter)
    if (block) {
      const w = blockedDepthwiseFilter(turned(whole(filter)), block)
      return ofImages(convolveBlocked(images(dy), w, back, filter.shape[2]))
    }
    return ofImages(inputGradient(images(dy), depthwiseFilterOf(filter), window, filter.shape[2]!))
  },
  DepthwiseConv2dNativeBackpropFilter: (
    { x, dy }: { x: Recorded; dy: Recorded },
    attributes: DepthwiseConv2dNativeBackpropFilterAttrs,
    target: Target,
  ) => {
    const { filterShape } = attributes
    const window = geometry(x.shape, filterShape, attributes, true)
    return plainValue(depthwiseFilterGradient(images(x), images(dy), window, filterShape[3], target))
  },
} satisfies Rules
