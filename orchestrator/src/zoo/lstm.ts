// Long short-term memory (Hochreiter and Schmidhuber, 1997; with the forget gate of Gers et al., 2000) over a
// sequence, layer upon layer; the last layer's last state is what is classified.
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { layers } from '@tensorflow/tfjs-layers'
import type { Builder } from './buildModel.ts'
import { denseLayers, through, unset } from './denseLayers.ts'
import { dropout } from './dropout.ts'
import { withFreeStates } from './kerasRecurrent.ts'
import { sequence } from './sequence.ts'

export const lstm: Builder<Extract<ResolvedArchitecture, { type: 'lstm' }>> = (
  architecture,
  inputs,
  classes,
  vocabulary,
) => {
  const { embedding, units: all, bidirectional, dropout: rate } = architecture
  let x = sequence(inputs, { embedding, vocabulary })
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
