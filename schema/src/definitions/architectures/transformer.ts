// The architecture `transformer`; orchestrator/src/zoo/transformer.ts builds it.
import { architecture } from '../architecture.ts'
import {
  activation,
  maskPadding,
  transformerDepth,
  transformerExpansion,
  transformerHeads,
  transformerWidth,
} from '../architectureSettings.ts'

export const transformer = architecture({
  type: 'transformer',
  title: 'A transformer encoder.',
  description:
    'A transformer encoder (arXiv:1706.03762), its layer norms before attention and feed-forward parts (arXiv:2002.04745), learned positions, and the mean over positions classified. Reads token ids, vectors [length, features], or images row by row.',
  settings: {
    width: transformerWidth,
    depth: transformerDepth,
    heads: transformerHeads,
    expansion: transformerExpansion,
    causal: {
      description: 'Whether a position attends only to itself and those before it.',
      type: 'boolean',
      default: false,
      examples: [true],
    },
    activation: activation,
    maskPadding: maskPadding,
    dropout: {
      description:
        'Probability with which a number is dropped while training: behind the positions, behind each part of a block, and before the logits.',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      examples: [0.1],
    },
  },
  readsTokens: true,
  kernels: 'glorot',
  small: { settings: { width: 16, heads: 4, expansion: 2, dropout: 0.1 }, shape: [9], reads: 'tokens' },
})
