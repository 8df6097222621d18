// What a data set says of its training images' augmentation.
import { augmentationSchema } from './augmentations.ts'
import { schema } from './schema.ts'

export const augmentation = schema({
  name: 'Augmentation',
  description:
    "Changes of training images. Each image has a fixed number of views, drawn once and for all from the seed, and epoch e shows view (e - 1) mod views: all models see the same ones, and a teacher's logits are computed for each.",
  type: 'object',
  required: ['steps'],
  additionalProperties: false,
  properties: {
    steps: {
      description: 'What is done to an image, in this order.',
      type: 'array',
      minItems: 1,
      items: augmentationSchema,
      examples: [[{ type: 'crop', padding: 4 }, { type: 'flip' }]],
    },
    views: {
      description: "Views of each image. A teacher's logits take as many times the room.",
      type: 'integer',
      minimum: 1,
      maximum: 10000,
      default: 8,
      examples: [8],
    },
    for: {
      description:
        'Who trains on the views: "all" models, or the "teachers" that are trained here alone. Students then see the images as they are, with the teacher\'s logits of these (Hinton\'s MNIST experiment, arXiv:1503.02531, section 3).',
      enum: ['all', 'teachers'],
      default: 'all',
      examples: ['teachers'],
    },
    seed: {
      description: 'Fixes the views, whatever the seeds of models are.',
      type: 'integer',
      minimum: 0,
      maximum: 4294967295,
      default: 0,
      examples: [0],
    },
  },
  examples: [{ steps: [{ type: 'crop', padding: 4 }, { type: 'flip' }], views: 8 }],
})

export const datasetAugmentation = schema({
  name: 'DatasetAugmentation',
  description: 'How training images are changed, or "none". Validation and test images never are.',
  oneOf: [{ const: 'none' }, augmentation],
  default: 'none',
  examples: [
    'none',
    { steps: [{ type: 'crop', padding: 4 }, { type: 'flip' }], views: 8 },
    { steps: [{ type: 'flip' }, { type: 'mixup', alpha: 1 }], views: 32 },
  ],
})
