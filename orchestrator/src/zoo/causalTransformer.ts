// A transformer decoder (Radford et al. 2019, GPT-2): at each position the logits of the next token, of which it has
// seen none. With tied output and as wide and deep it has GPT-2's parameters.
import { layers } from '@tensorflow/tfjs-layers'
import { ArchitectureProblem } from './architectureProblem.ts'
import type { Builder } from './builder.ts'
import { through, unset } from './denseLayers.ts'
import { sequence } from './sequence.ts'
import { TiedEmbedding } from './tiedEmbedding.ts'
import { transformerBlocks } from './transformerBlocks.ts'

/** From token ids [batch, length] to logits [batch, length, classes]. */
export const causalTransformer: Builder<'causal-transformer'> = (architecture, inputs, classes, vocabulary) => {
  const { width, tied } = architecture
  const blocks = { ...architecture, causal: true }
  if (vocabulary === null || inputs.shape.length !== 2) {
    throw new ArchitectureProblem(`expected token ids [length], got [${inputs.shape.slice(1).join(', ')}]`, ['type'])
  }
  if (!tied) {
    const states = transformerBlocks(sequence(inputs, { embedding: width, vocabulary }), blocks)
    return through(layers.dense({ units: classes, useBias: false, name: 'logits', ...unset }), states)
  }
  if (classes !== vocabulary) {
    const expected = `as many classes as tokens, ${vocabulary}, of which each is the next one's`
    throw new ArchitectureProblem(`expected ${expected}, got ${classes}: the output cannot be tied`, ['tied'])
  }
  const embedding = new TiedEmbedding({ vocabulary, width, name: 'embedding' })
  return through(embedding, transformerBlocks(through(embedding, inputs), blocks))
}
