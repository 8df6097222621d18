// The architecture `text-cnn`.

import { activation, dropout, embeddingWidth, maskPadding } from '../architectureSettings.ts'
import { tagged } from '../kind.ts'

export const textCnn = tagged('Architecture', {
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
})
