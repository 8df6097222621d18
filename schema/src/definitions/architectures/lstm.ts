// The architecture `lstm`; orchestrator/src/zoo/lstm.ts builds it.
import { architecture } from '../architecture.ts'
import { embeddingWidth, maskPadding } from '../architectureSettings.ts'

export const lstm = architecture({
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
  readsTokens: true,
  kernels: 'glorot',
  small: { settings: { embedding: 6, units: [16], dropout: 0.1 }, shape: [9], reads: 'tokens' },
})
