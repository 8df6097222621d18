// The augmentation `mixup`; orchestrator/src/data/augment/mixup.ts makes it.
import { augmentation } from '../augmentation.ts'

export const mixup = augmentation({
  type: 'mixup',
  title: 'Two images blended into one.',
  description:
    'Blends the image with the same view of another one (arXiv:1710.09412): l * x_i + (1 - l) * x_j, and the label loss is l times that of its own label plus 1 - l times that of the other\'s. The other is any image of the training split, l ~ Beta(alpha, alpha); both are drawn anew for each image and view, so that it meets as many others as it has views. Comes last, once. Goes neither with "omitClasses" nor with objectives that read an image\'s class ("dkd").',
  settings: {
    alpha: {
      description:
        'How even the shares are: at 1 any share is as likely, below 1 one of the two images tends to prevail. The paper has 0.1 to 0.4 for ImageNet and 1 for CIFAR; where teacher and student see the same blends, as they do here, arXiv:2106.05237 has 1.',
      type: 'number',
      float32: 'itself',
      exclusiveMinimum: 0,
      default: 0.2,
      examples: [0.2],
    },
  },
  pixels: [],
  blends: true,
})
