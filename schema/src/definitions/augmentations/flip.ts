// The augmentation `flip`; orchestrator/src/data/augment/flip.ts makes it.
import { augmentation } from '../augmentation.ts'

export const flip = augmentation({
  type: 'flip',
  title: 'A mirror image, half of the time.',
  description: 'Mirrors every other image, left and right.',
  settings: {},
  pixels: [],
  blends: false,
})
