// Multi-layer perceptron.
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { layers } from '@tensorflow/tfjs-layers'
import type { Builder } from './buildModel.ts'
import { denseLayers, through } from './denseLayers.ts'

/** Pixels are not units: dropout starts behind the first hidden layer. */
export const mlp: Builder<Extract<ResolvedArchitecture, { type: 'mlp' }>> = (architecture, images, classes) =>
  denseLayers(through(layers.flatten({ name: 'flatten' }), images), { ...architecture, classes })
