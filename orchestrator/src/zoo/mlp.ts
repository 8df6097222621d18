// Multi-layer perceptron.
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { layers } from '@tensorflow/tfjs-layers'
import type { Builder } from './buildModel.ts'
import { denseLayers, through } from './denseLayers.ts'

/** Inputs are not units: dropout starts behind the first hidden layer. */
export const mlp: Builder<Extract<ResolvedArchitecture, { type: 'mlp' }>> = (architecture, inputs, classes) => {
  // TensorFlow.js refuses to flatten what is flat.
  const flat = inputs.shape.length === 2 ? inputs : through(layers.flatten({ name: 'flatten' }), inputs)
  return denseLayers(flat, { ...architecture, classes })
}
