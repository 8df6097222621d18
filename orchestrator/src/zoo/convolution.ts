// The convolutions that image networks are made of. They have no bias where the batch norm that follows has one.
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm } from './batchNorm.ts'
import { through, unset } from './denseLayers.ts'

export interface Convolution {
  filters: number
  kernelSize: number
  strides: number
  /** Of the layer; what follows it has its name with an ending. */
  name: string
}

/** Over [height, width, channels], SAME padding, no bias. */
export const convolution = (x: SymbolicTensor, options: Convolution): SymbolicTensor =>
  through(layers.conv2d({ ...options, padding: 'same', useBias: false, ...unset }), x)

/** Of each channel by itself, 3 x 3, SAME padding, no bias. */
export const depthwise = (x: SymbolicTensor, options: { strides: number; name: string }): SymbolicTensor =>
  through(
    layers.depthwiseConv2d({
      ...options,
      kernelSize: 3,
      padding: 'same',
      useBias: false,
      depthwiseInitializer: 'zeros',
      ...unset,
    }),
    x,
  )

/** A layer `name_relu`. */
export const relu = (x: SymbolicTensor, name: string): SymbolicTensor =>
  through(layers.activation({ activation: 'relu', name: `${name}_relu` }), x)

/** A convolution and its batch norm `name_norm`. */
export const normalised = (x: SymbolicTensor, options: Convolution): SymbolicTensor =>
  batchNorm(convolution(x, options), `${options.name}_norm`)

/** A depthwise convolution and its batch norm `name_norm`. */
export const normalisedDepthwise = (x: SymbolicTensor, options: { strides: number; name: string }): SymbolicTensor =>
  batchNorm(depthwise(x, options), `${options.name}_norm`)
