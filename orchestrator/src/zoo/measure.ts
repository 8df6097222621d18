// Sizes of a model that do not depend on its weights.
import type { LayersModel } from '@tensorflow/tfjs-layers'

/** All weights, batch norm's moving statistics included. */
export function parameterCount(model: LayersModel): number {
  return model.countParams()
}

/**
 * Of one sample's forward pass: the products of dense layers and convolutions. Batch norm is not counted, since it
 * folds into the convolution before it, nor are activations, sums and pooling.
 */
export function multiplyAccumulates(model: LayersModel): number {
  let total = 0
  for (const layer of model.layers) {
    const kernel = layer.weights.find((weight) => weight.originalName.endsWith('/kernel'))
    if (kernel === undefined) continue
    const places = (layer.outputShape as number[]).slice(1, -1).reduce((product, side) => product * side, 1)
    total += places * (kernel.shape as number[]).reduce((product, side) => product * side, 1)
  }
  return total
}
