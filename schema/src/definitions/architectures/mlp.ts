// The architecture `mlp`; orchestrator/src/zoo/mlp.ts builds it.
import { architecture } from '../architecture.ts'
import { activation, dropout } from '../architectureSettings.ts'

export const mlp = architecture({
  type: 'mlp',
  title: 'A multi-layer perceptron.',
  description: 'Dense layers over the flattened input.',
  required: ['hidden'],
  settings: {
    hidden: {
      description: 'Units of each hidden layer; none makes a linear classifier.',
      type: 'array',
      items: { type: 'integer', minimum: 1, maximum: 65536 },
      examples: [[800, 800]],
    },
    activation: activation,
    dropout: dropout,
  },
  readsTokens: false,
  kernels: 'by activation',
  small: { settings: { hidden: [32, 16] }, shape: [8, 8, 3], reads: 'numbers' },
})
