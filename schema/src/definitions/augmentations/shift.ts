// The augmentation `shift`.
import { tagged } from '../kind.ts'

export const shift = tagged('Step', {
  type: 'shift',
  title: 'A random shift.',
  description:
    "Moves the image by up to some pixels in both directions (Hinton's jitter, arXiv:1503.02531); its border is repeated where it leaves a gap.",
  required: ['pixels'],
  settings: {
    pixels: { description: 'The farthest it moves, in each direction.', type: 'integer', minimum: 1, examples: [2] },
  },
})
