// The augmentation `noise`; orchestrator/src/data/augment/noise.ts makes it.
import { augmentation } from '../augmentation.ts'

export const noise = augmentation({
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
  pixels: [],
  blends: false,
})
