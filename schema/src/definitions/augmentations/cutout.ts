// The augmentation `cutout`; orchestrator/src/data/augment/cutout.ts makes it.
import { augmentation } from '../augmentation.ts'

export const cutout = augmentation({
  type: 'cutout',
  title: 'A covered square.',
  description:
    "Covers a square around a random pixel with the training split's mean (arXiv:1708.04552); it may reach over the border.",
  required: ['size'],
  settings: {
    size: { description: "The square's side in pixels.", type: 'integer', minimum: 1, examples: [8] },
  },
  pixels: ['size'],
  blends: false,
})
