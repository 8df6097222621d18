// Long short-term memory (Hochreiter and Schmidhuber, 1997; with the forget gate of Gers et al., 2000) over a
// sequence, layer upon layer; the last layer's last state is what is classified. Of padded texts, exported models have
// layers of textLength.ts and textMask.ts, which say how they are loaded.
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import type { Builder } from './builder.ts'
import { denseLayers, through, unset } from './denseLayers.ts'
import { dropout } from './dropout.ts'
import { withFreeStates } from './keras/recurrent.ts'
import { sequence, textLength } from './sequence.ts'
import { TextMask } from './textMask.ts'

export const lstm: Builder<'lstm'> = (architecture, inputs, classes, vocabulary, padding) => {
  const { embedding, units: all, bidirectional, dropout: rate } = architecture
  const vectors = sequence(inputs, { embedding, vocabulary })
  const until = textLength(inputs, padding, architecture)
  let x = until === null ? vectors : (new TextMask({ name: 'text_mask' }).apply([vectors, until]) as SymbolicTensor)
  for (const [index, units] of all.entries()) {
    const name = `lstm${index + 1}`
    const own = layers.lstm({
      units,
      returnSequences: index < all.length - 1,
      recurrentActivation: 'sigmoid',
      recurrentInitializer: 'zeros',
      unitForgetBias: false,
      name,
      ...unset,
    }) as layers.RNN
    const layer = bidirectional ? layers.bidirectional({ layer: own, mergeMode: 'concat', name: `${name}_both` }) : own
    withFreeStates(layer)
    x = dropout(through(layer, x), rate, `${name}_dropout`)
  }
  return denseLayers(x, { hidden: [], activation: 'tanh', dropout: rate, classes })
}
