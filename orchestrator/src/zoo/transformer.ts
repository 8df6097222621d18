// A transformer encoder of which the mean over positions is classified.
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import type { Builder } from './builder.ts'
import { denseLayers, through } from './denseLayers.ts'
import { dropout } from './dropout.ts'
import { sequence, textLength } from './sequence.ts'
import { TextMean } from './textPooling.ts'
import { projected, transformerBlocks } from './transformerBlocks.ts'

export const transformer: Builder<'transformer'> = (architecture, inputs, classes, vocabulary, padding) => {
  const { width, activation, dropout: rate } = architecture
  const read = sequence(inputs, { embedding: width, vocabulary })
  // Tokens have vectors of the width already.
  const wide = vocabulary === null ? projected(read, width, 'embedding') : read
  const until = textLength(inputs, padding, architecture)
  const states = transformerBlocks(wide, architecture, until)
  const pooled =
    until === null
      ? through(layers.globalAveragePooling1d({ name: 'pool' }), states)
      : (new TextMean({ name: 'pool' }).apply([states, until]) as SymbolicTensor)
  return denseLayers(dropout(pooled, rate, 'features_dropout'), { hidden: [], activation, dropout: rate, classes })
}
