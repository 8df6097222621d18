// The augmentation `crop`; orchestrator/src/data/augment/crop.ts makes it.
import { augmentation } from '../augmentation.ts'

export const crop = augmentation({
  type: 'crop',
  title: 'A random crop of the padded image.',
  description: 'Surrounds the image with zeros and cuts its size out of that at a random place.',
  required: ['padding'],
  settings: {
    padding: { description: 'Pixels of zeros on each side.', type: 'integer', minimum: 1, examples: [4] },
  },
  pixels: ['padding'],
  blends: false,
})
