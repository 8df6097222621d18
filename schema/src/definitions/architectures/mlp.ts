// The architecture `mlp`.

import { activation, dropout } from '../architectureSettings.ts'
import { tagged } from '../kind.ts'

export const mlp = tagged('Architecture', {
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
})
