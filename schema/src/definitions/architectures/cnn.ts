// The architecture `cnn`; orchestrator/src/zoo/cnn.ts builds it.
import { architecture } from '../architecture.ts'
import { activation, dropout } from '../architectureSettings.ts'

export const cnn = architecture({
  type: 'cnn',
  title: 'A plain convolutional network.',
  description: 'Blocks of convolution, activation and 2 x 2 max pooling, then dense layers.',
  required: ['filters'],
  settings: {
    filters: {
      description: "Filters of each block's convolution (stride 1, SAME padding).",
      type: 'array',
      minItems: 1,
      items: { type: 'integer', minimum: 1, maximum: 4096 },
      examples: [[32, 64]],
    },
    kernelSize: {
      description: "Side of the convolutions' kernels, in pixels.",
      type: 'integer',
      minimum: 1,
      maximum: 31,
      default: 3,
      examples: [3, 5],
    },
    dense: {
      description: 'Units of the hidden dense layers after the blocks.',
      type: 'array',
      items: { type: 'integer', minimum: 1, maximum: 65536 },
      default: [],
      examples: [[128]],
    },
    batchNorm: {
      description: 'Whether to normalise over the batch between each convolution and its activation.',
      type: 'boolean',
      default: false,
      examples: [true],
    },
    activation: activation,
    dropout: dropout,
  },
  readsTokens: false,
  kernels: 'by activation',
  small: { settings: { filters: [8, 16], batchNorm: true }, shape: [8, 8, 3], reads: 'numbers' },
})
