// The architecture `lstm`.

import { embeddingWidth, maskPadding } from '../architectureSettings.ts'
import { tagged } from '../kind.ts'

export const lstm = tagged('Architecture', {
  type: 'lstm',
  title: 'A recurrent network.',
  description:
    'Layers of long short-term memory over a sequence, the last state of the last of which is classified. Reads token ids, vectors [length, features], or images row by row.',
  settings: {
    embedding: embeddingWidth,
    units: {
      description: 'Units of each layer, in each direction.',
      type: 'array',
      minItems: 1,
      items: { type: 'integer', minimum: 1, maximum: 16384 },
      default: [128],
      examples: [[128], [64, 64]],
    },
    bidirectional: {
      description: 'Whether each layer also reads backwards, and gives both.',
      type: 'boolean',
      default: false,
      examples: [true],
    },
    maskPadding: maskPadding,
    dropout: {
      description: 'Probability with which a number that a layer gives is dropped while training.',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      examples: [0.2],
    },
  },
})
