// The dense layers that a classifier ends in.

import type { Activation } from '@retort/schema/experiment'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { dropout } from './dropout.ts'

/** Weights are drawn by initialise.ts, which knows the seed; until then they are zeros. */
export const unset = { kernelInitializer: 'zeros', biasInitializer: 'zeros' } as const

/** Applies a layer to one tensor. */
export function through(layer: layers.Layer, x: SymbolicTensor): SymbolicTensor {
  return layer.apply(x) as SymbolicTensor
}

export interface DenseLayers {
  hidden: number[]
  activation: Activation
  dropout: number
  classes: number
}

/**
 * Hidden layers and the logits over features [n, width], with dropout before each but the first: whether features
 * are units that may be dropped is for the caller to say.
 */
export function denseLayers(features: SymbolicTensor, { hidden, activation, dropout: rate, classes }: DenseLayers) {
  let x = features
  for (const [index, units] of hidden.entries()) {
    const name = `dense${index + 1}`
    x = through(layers.dense({ units, name, ...unset }), x)
    x = through(layers.activation({ activation, name: `${name}_${activation}` }), x)
    x = dropout(x, rate, `${name}_dropout`)
  }
  return through(layers.dense({ units: classes, name: 'logits', ...unset }), x)
}

/** The logits over the means of maps [height, width, channels], which dropout may thin. */
export function pooledLogits(maps: SymbolicTensor, rate: number, classes: number): SymbolicTensor {
  const features = dropout(through(layers.globalAveragePooling2d({ name: 'pool' }), maps), rate, 'features_dropout')
  return denseLayers(features, { hidden: [], activation: 'relu', dropout: rate, classes })
}
