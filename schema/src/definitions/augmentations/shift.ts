// The augmentation `shift`; orchestrator/src/data/augment/shift.ts makes it.
import { augmentation } from '../augmentation.ts'

export const shift = augmentation({
  type: 'shift',
  title: 'A random shift.',
  description:
    "Moves the image by up to some pixels in both directions (Hinton's jitter, arXiv:1503.02531); its border is repeated where it leaves a gap.",
  required: ['pixels'],
  settings: {
    pixels: { description: 'The farthest it moves, in each direction.', type: 'integer', minimum: 1, examples: [2] },
  },
  pixels: ['pixels'],
  blends: false,
})
