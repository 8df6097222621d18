// The architecture `text-cnn`; orchestrator/src/zoo/textCnn.ts builds it.
import { architecture } from '../architecture.ts'
import { activation, dropout, embeddingWidth, maskPadding } from '../architectureSettings.ts'

export const textCnn = architecture({
  type: 'text-cnn',
  title: 'A convolutional network over sequences.',
  description:
    'Convolutions of several lengths over a sequence, each pooled to its largest value, then dense layers (Kim, arXiv:1408.5882). Reads token ids, vectors [length, features], or images row by row.',
  settings: {
    embedding: embeddingWidth,
    kernelSizes: {
      description: 'Lengths of the convolutions, in positions.',
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { type: 'integer', minimum: 1, maximum: 1024 },
      default: [3, 4, 5],
      examples: [[3, 4, 5]],
    },
    filters: {
      description: 'Filters of each length.',
      type: 'integer',
      minimum: 1,
      maximum: 4096,
      default: 100,
      examples: [100],
    },
    dense: {
      description: 'Units of the hidden dense layers after the pooling.',
      type: 'array',
      items: { type: 'integer', minimum: 1, maximum: 65536 },
      default: [],
      examples: [[128]],
    },
    activation: activation,
    maskPadding: maskPadding,
    dropout: dropout,
  },
  readsTokens: true,
  kernels: 'by activation',
  small: { settings: { embedding: 8, kernelSizes: [2, 4], filters: 24, dropout: 0.1 }, shape: [9], reads: 'tokens' },
})
