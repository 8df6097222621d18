// The architecture `causal-transformer`; orchestrator/src/zoo/causalTransformer.ts builds it.
import { architecture } from '../architecture.ts'
import {
  activation,
  transformerDepth,
  transformerExpansion,
  transformerHeads,
  transformerWidth,
} from '../architectureSettings.ts'

export const causalTransformer = architecture({
  type: 'causal-transformer',
  title: 'A transformer decoder.',
  description:
    'A transformer decoder as GPT-2: at each position the logits of the next token, of which it sees none. Layer norms before attention and feed-forward parts, learned positions. Reads token ids, and needs data whose every position has a class, such as next-token.',
  settings: {
    width: transformerWidth,
    depth: transformerDepth,
    heads: transformerHeads,
    expansion: transformerExpansion,
    tied: {
      description: "Whether the output's matrix is the embedding's (arXiv:1608.05859).",
      type: 'boolean',
      default: true,
      examples: [false],
    },
    activation: activation,
    dropout: {
      description:
        'Probability with which a number is dropped while training: behind the positions, and behind each part of a block.',
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
  small: { settings: { width: 12, heads: 3, expansion: 2, dropout: 0.1 }, shape: [9], reads: 'next tokens' },
})
