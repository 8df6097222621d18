// Sizes of a model that do not depend on its weights.
import type { LayersModel, layers } from '@tensorflow/tfjs-layers'
import { Attention } from './attention.ts'
import { MultiHeadAttention } from './keras/attention.ts'
import { TiedEmbedding } from './tiedEmbedding.ts'

type Shape = (number | null)[]

/** All weights, batch norm's moving statistics included. */
export function parameterCount(model: LayersModel): number {
  return model.countParams()
}

/**
 * Of one sample's forward pass: the products of dense, convolutional, recurrent and attending layers, a shared layer's for each
 * time that it is applied. Batch norm is not counted, since it folds into the convolution before it, nor are
 * activations, sums and pooling.
 */
export function multiplyAccumulates(model: LayersModel): number {
  let total = 0
  for (const layer of model.layers) {
    for (const { inputShapes, outputShapes } of layer.inboundNodes) {
      if (layer instanceof MultiHeadAttention) total += layer.multiplyAccumulates(inputShapes as Shape[])
      else total += ofApplication(layer, inputShapes[0] as Shape, outputShapes[0] as Shape)
    }
  }
  return total
}

interface Wrapping {
  layer?: layers.Layer
  forwardLayer?: layers.Layer
  backwardLayer?: layers.Layer
  cell?: layers.Layer
}

/** Shapes have the batch before them. */
function ofApplication(layer: layers.Layer, input: Shape, output: Shape): number {
  const { layer: wrapped, forwardLayer, backwardLayer, cell } = layer as Wrapping
  if (forwardLayer !== undefined && backwardLayer !== undefined) {
    return ofApplication(forwardLayer, input, output) + ofApplication(backwardLayer, input, output)
  }
  if (layer instanceof Attention || layer instanceof TiedEmbedding) return layer.multiplyAccumulates(input)
  const steps = input[1] ?? 1
  // One step of the sequence at a time.
  if (wrapped !== undefined) return steps * ofApplication(wrapped, withoutSteps(input), withoutSteps(output))
  if (cell !== undefined && (cell.weights[0]?.shape.length ?? 2) === 2) return steps * kernelSizes(layer)
  const name = layer.getClassName()
  const channelsFirst = (layer.getConfig() as { dataFormat?: unknown }).dataFormat === 'channelsFirst'
  // A transposed convolution takes each of its input's pixels through the whole kernel.
  const pixels = name.endsWith('Transpose') ? input : output
  const places = (channelsFirst ? pixels.slice(2) : pixels.slice(1, -1)).reduce<number>(
    (product, side) => product * (side ?? 1),
    1,
  )
  return places * kernelSizes(layer)
}

const withoutSteps = ([batch, , ...rest]: Shape): Shape => [batch as number | null, ...rest]

/** Sizes of a layer's kernels: kernel, depthwise_kernel, pointwise_kernel, recurrent_kernel. */
function kernelSizes(layer: layers.Layer): number {
  return layer.weights
    .filter(({ originalName }) => /kernel(_\d+)?$/.test(originalName))
    .map(({ shape }) => (shape as number[]).reduce((product, side) => product * side, 1))
    .reduce((sum, size) => sum + size, 0)
}
