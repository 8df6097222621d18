// A transformer encoder of which the mean over positions is classified.
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { layers } from '@tensorflow/tfjs-layers'
import type { Builder } from './buildModel.ts'
import { denseLayers, through } from './denseLayers.ts'
import { dropout } from './dropout.ts'
import { sequence } from './sequence.ts'
import { projected, transformerBlocks } from './transformerBlocks.ts'

export const transformer: Builder<Extract<ResolvedArchitecture, { type: 'transformer' }>> = (
  architecture,
  inputs,
  classes,
  vocabulary,
) => {
  const { width, activation, dropout: rate } = architecture
  const read = sequence(inputs, { embedding: width, vocabulary })
  // Tokens have vectors of the width already.
  const wide = vocabulary === null ? projected(read, width, 'embedding') : read
  const pooled = through(layers.globalAveragePooling1d({ name: 'pool' }), transformerBlocks(wide, architecture))
  return denseLayers(dropout(pooled, rate, 'features_dropout'), { hidden: [], activation, dropout: rate, classes })
}
