// Operators that slide windows over images: convolutions and pooling.
import { expectType, FLOAT, numbers, type Operator, required } from './operatorKinds.ts'
import { type Attributes, sameShape, type Value } from './value.ts'

/** Length of one axis after a window of `kernel` (dilated) slides over it with `stride`, padded by begin and end. */
export function windows(
  n: number,
  kernel: number,
  stride: number,
  dilation: number,
  begin: number,
  end: number,
): number {
  const length = Math.floor((n + begin + end - (dilation * (kernel - 1) + 1)) / stride) + 1
  if (length < 0) throw new Error(`a window of ${kernel} does not fit into ${n} padded by ${begin} and ${end}`)
  return length
}

export function spatial(x: Value, kernel: readonly number[], attributes: Attributes): number[] {
  const strides = attributes.strides as number[]
  const pads = attributes.pads as number[]
  const dilations = (attributes.dilations as number[] | undefined) ?? kernel.map(() => 1)
  return kernel.map((k, i) =>
    windows(x.shape[i + 2]!, k, strides[i]!, dilations[i]!, pads[i]!, pads[i + kernel.length]!),
  )
}

/** The result has the shape and type of the first input. */
export function likeFirst(attributes: Operator['attributes'] = {}): Operator {
  return { attributes, infer: (inputs) => [{ shape: required(inputs, 0).shape, type: required(inputs, 0).type }] }
}

export const conv: Operator = {
  attributes: { strides: 'ints', pads: 'ints', dilations: 'ints', group: 'int', kernel_shape: 'ints' },
  infer: (inputs, attributes) => {
    const [x, w] = [required(inputs, 0), required(inputs, 1)]
    expectType(x, FLOAT, 'input')
    const group = attributes.group as number
    if (x.shape[1] !== w.shape[1]! * group) {
      throw new Error(`input [${x.shape}] has not the channels of filter [${w.shape}] in ${group} groups`)
    }
    const bias = inputs[2]
    if (bias && (bias.shape.length !== 1 || bias.shape[0] !== w.shape[0])) {
      throw new Error(`bias [${bias.shape}] does not fit filter [${w.shape}]`)
    }
    return [{ shape: [x.shape[0]!, w.shape[0]!, ...spatial(x, w.shape.slice(2), attributes)], type: x.type }]
  },
}

// onnxruntime's own operators for convolutions in blocks of channels. A value in blocks has the shape [N,C,H,W] and
// lies as [N, C / block, H, W, block]; a filter [out,in,H,W] lies as [out / block, in / block, H, W, block, block].
export const BLOCKED = 'com.microsoft.nchwc'
export const blockedConv: Operator = {
  ...conv,
  attributes: { ...conv.attributes, activation: 'string' },
  domain: BLOCKED,
  type: 'Conv',
}
export const toBlocks: Operator = { ...likeFirst({ channels_last: 'int' }), domain: BLOCKED, type: 'ReorderInput' }
export const fromBlocks: Operator = {
  ...likeFirst({ channels: 'int', channels_last: 'int' }),
  domain: BLOCKED,
  type: 'ReorderOutput',
}

export const convTranspose: Operator = {
  attributes: { strides: 'ints', pads: 'ints', dilations: 'ints', group: 'int', output_padding: 'ints' },
  infer: (inputs, attributes) => {
    const [x, w] = [required(inputs, 0), required(inputs, 1)]
    const { strides, pads, dilations, output_padding: extra, group } = attributes as Record<string, number[]>
    if (x.shape[1] !== w.shape[0]) throw new Error(`input [${x.shape}] has not the channels of filter [${w.shape}]`)
    const kernel = w.shape.slice(2)
    const shape = kernel.map(
      (k, i) =>
        strides![i]! * (x.shape[i + 2]! - 1) +
        extra![i]! +
        (k - 1) * dilations![i]! +
        1 -
        pads![i]! -
        pads![i + kernel.length]!,
    )
    return [{ shape: [x.shape[0]!, w.shape[1]! * Number(group), ...shape], type: x.type }]
  },
}

export const pool = (extra: Operator['attributes'], indices: boolean): Operator => ({
  optional: 1,
  attributes: { kernel_shape: 'ints', strides: 'ints', pads: 'ints', ...extra },
  infer: (inputs, attributes) => {
    const x = required(inputs, 0)
    const shape = [...x.shape.slice(0, 2), ...spatial(x, attributes.kernel_shape as number[], attributes)]
    return indices
      ? [
          { shape, type: x.type },
          { shape, type: 'int64' },
        ]
      : [{ shape, type: x.type }]
  },
})

export const unpool: Operator = {
  attributes: { kernel_shape: 'ints', strides: 'ints', pads: 'ints' },
  infer: (inputs) => {
    const [x, places] = [required(inputs, 0), required(inputs, 1)]
    if (!sameShape(x.shape, places.shape)) throw new Error(`[${x.shape}] has places of [${places.shape}]`)
    return [{ shape: numbers(inputs, 2, 'shape'), type: x.type }]
  },
}
