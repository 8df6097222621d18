// A transformer encoder (Vaswani et al., arXiv:1706.03762) with the layer norms before its parts (Xiong et al.,
// arXiv:2002.04745), learned positions, and the mean over positions as what is classified. Exported models have layers
// of attention.ts and positionEmbedding.ts, which say how they are loaded.
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { ArchitectureProblem } from './architectureProblem.ts'
import { Attention } from './attention.ts'
import type { Builder } from './buildModel.ts'
import { denseLayers, through, unset } from './denseLayers.ts'
import { dropout } from './dropout.ts'
import { PositionEmbedding } from './positionEmbedding.ts'
import { sequence } from './sequence.ts'

type Transformer = Extract<ResolvedArchitecture, { type: 'transformer' }>

export const transformer: Builder<Transformer> = (architecture, inputs, classes, vocabulary) => {
  const { width, depth, heads, activation, dropout: rate } = architecture
  if (width % heads !== 0) {
    throw new ArchitectureProblem(`expected a divisor of the width, ${width}, got ${heads}`, ['heads'])
  }
  const read = sequence(inputs, { embedding: width, vocabulary })
  // Tokens have vectors of the width already.
  const wide = vocabulary === null ? projected(read, width, 'embedding') : read
  let x = dropout(through(new PositionEmbedding({ name: 'positions' }), wide), rate, 'positions_dropout')
  for (let block = 1; block <= depth; block++) {
    x = residual(x, attention, architecture, `block${block}_attention`)
    x = residual(x, feedForward, architecture, `block${block}_feed_forward`)
  }
  const pooled = through(layers.globalAveragePooling1d({ name: 'pool' }), normed(x, 'last_norm'))
  return denseLayers(dropout(pooled, rate, 'features_dropout'), { hidden: [], activation, dropout: rate, classes })
}

type Part = (x: SymbolicTensor, architecture: Transformer, name: string) => SymbolicTensor

/** x + part(norm(x)) */
function residual(x: SymbolicTensor, part: Part, architecture: Transformer, name: string): SymbolicTensor {
  const y = dropout(part(normed(x, `${name}_norm`), architecture, name), architecture.dropout, `${name}_dropout`)
  return layers.add({ name }).apply([x, y]) as SymbolicTensor
}

function attention(x: SymbolicTensor, { width, heads, causal }: Transformer, name: string): SymbolicTensor {
  const parts = ['query', 'key', 'value'].map((part) => projected(x, width, `${name}_${part}`))
  const attended = new Attention({ heads, causal, name: `${name}_heads` }).apply(parts) as SymbolicTensor
  return projected(attended, width, `${name}_output`)
}

function feedForward(x: SymbolicTensor, { width, expansion, activation }: Transformer, name: string): SymbolicTensor {
  const wide = projected(x, expansion * width, `${name}_wide`)
  const active = through(layers.activation({ activation, name: `${name}_${activation}` }), wide)
  return projected(active, width, `${name}_narrow`)
}

const projected = (x: SymbolicTensor, units: number, name: string): SymbolicTensor =>
  through(layers.dense({ units, name, ...unset }), x)

const normed = (x: SymbolicTensor, name: string): SymbolicTensor =>
  through(layers.layerNormalization({ epsilon: 1e-5, name }), x)
