// The blocks of a transformer (Vaswani et al., arXiv:1706.03762), with the layer norms before their parts (Xiong et al.,
// arXiv:2002.04745) and one after the last.
import type { Activation } from '@retort/schema/experiment'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { ArchitectureProblem } from './architectureProblem.ts'
import { Attention } from './attention.ts'
import { through, unset } from './denseLayers.ts'
import { dropout } from './dropout.ts'
import { layerNorm } from './layerNorm.ts'
import { PositionEmbedding } from './positionEmbedding.ts'

export interface Blocks {
  width: number
  depth: number
  heads: number
  expansion: number
  causal: boolean
  activation: Activation
  dropout: number
}

/**
 * Adds learned positions and goes through the blocks.
 * @param vectors [batch, length, width]
 * @param until how many of them positions may attend to, [batch, 1]; null for all
 * @returns as many, normed
 * @throws ArchitectureProblem where the heads do not divide the width
 */
export function transformerBlocks(
  vectors: SymbolicTensor,
  blocks: Blocks,
  until: SymbolicTensor | null = null,
): SymbolicTensor {
  const { width, depth, heads } = blocks
  if (width % heads !== 0) {
    throw new ArchitectureProblem(`expected a divisor of the width, ${width}, got ${heads}`, ['heads'])
  }
  const placed = through(new PositionEmbedding({ name: 'positions' }), vectors)
  let x = dropout(placed, blocks.dropout, 'positions_dropout')
  for (let block = 1; block <= depth; block++) {
    x = residual(x, attention(until), blocks, `block${block}_attention`)
    x = residual(x, feedForward, blocks, `block${block}_feed_forward`)
  }
  return normed(x, 'last_norm')
}

type Part = (x: SymbolicTensor, blocks: Blocks, name: string) => SymbolicTensor

/** x + part(norm(x)) */
function residual(x: SymbolicTensor, part: Part, blocks: Blocks, name: string): SymbolicTensor {
  const y = dropout(part(normed(x, `${name}_norm`), blocks, name), blocks.dropout, `${name}_dropout`)
  return layers.add({ name }).apply([x, y]) as SymbolicTensor
}

const attention =
  (until: SymbolicTensor | null): Part =>
  (x, { width, heads, causal }, name) => {
    const parts = ['query', 'key', 'value'].map((part) => projected(x, width, `${name}_${part}`))
    const given = until === null ? parts : [...parts, until]
    const attended = new Attention({ heads, causal, name: `${name}_heads` }).apply(given) as SymbolicTensor
    return projected(attended, width, `${name}_output`)
  }

function feedForward(x: SymbolicTensor, { width, expansion, activation }: Blocks, name: string): SymbolicTensor {
  const wide = projected(x, expansion * width, `${name}_wide`)
  const active = through(layers.activation({ activation, name: `${name}_${activation}` }), wide)
  return projected(active, width, `${name}_narrow`)
}

/** A matrix and a bias at each position. */
export const projected = (x: SymbolicTensor, units: number, name: string): SymbolicTensor =>
  through(layers.dense({ units, name, ...unset }), x)

const normed = (x: SymbolicTensor, name: string): SymbolicTensor => through(layerNorm({ epsilon: 1e-5, name }), x)
