// The augmentation `noise`.
import { tagged } from '../kind.ts'

export const noise = tagged('Step', {
  type: 'noise',
  title: 'Gaussian noise.',
  description: 'Adds Gaussian noise to every number of the image.',
  required: ['deviation'],
  settings: {
    deviation: {
      description: 'Its standard deviation.',
      type: 'number',
      float32: 'itself',
      exclusiveMinimum: 0,
      examples: [0.05],
    },
  },
})
