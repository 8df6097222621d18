// Multi-layer perceptron.
import { layers } from '@tensorflow/tfjs-layers'
import type { Builder } from './builder.ts'
import { denseLayers, through } from './denseLayers.ts'

/** Inputs are not units: dropout starts behind the first hidden layer. */
export const mlp: Builder<'mlp'> = (architecture, inputs, classes) => {
  // TensorFlow.js refuses to flatten what is flat.
  const flat = inputs.shape.length === 2 ? inputs : through(layers.flatten({ name: 'flatten' }), inputs)
  return denseLayers(flat, { ...architecture, classes })
}
