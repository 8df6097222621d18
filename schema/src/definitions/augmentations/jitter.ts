// The augmentation `jitter`; orchestrator/src/data/augment/jitter.ts makes it.
import { augmentation } from '../augmentation.ts'

export const jitter = augmentation({
  type: 'jitter',
  title: 'Random contrast and brightness.',
  description:
    "Changes contrast, then brightness: (m + c * (x - m)) * b, where m is the image's mean, and c and b are uniform within contrast and brightness of 1.",
  settings: {
    brightness: {
      description: 'The largest change of the factor.',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      maximum: 1,
      default: 0.2,
      examples: [0.2],
    },
    contrast: {
      description: 'The largest change of the factor.',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      maximum: 1,
      default: 0.2,
      examples: [0.2],
    },
  },
  pixels: [],
  blends: false,
})
