// The data set `image-folder`; orchestrator/src/data/imageFolder.ts reads it.

import { datasetAugmentation } from '../dataAugmentation.ts'
import { dataset } from '../dataset.ts'
import { size, split } from '../split.ts'

export const imageFolder = dataset({
  type: 'image-folder',
  title: 'A folder for each class.',
  description:
    "Images in folders named after their classes: JPEG, PNG, WebP, GIF, AVIF, TIFF or BMP, turned upright as the file says, without their transparency. The classes' folders stand in train, in test where there is one, and in val (or valid, or validation), which then is the validation split; or side by side in one folder.",
  required: ['folder'],
  settings: {
    folder: {
      description: "The folder that holds train and test, or the classes' folders; the path is relative to this file.",
      type: 'string',
      examples: ['data/flowers'],
    },
    test: {
      description:
        "Where there is no folder to test on: the share of the training images to hold out for testing, drawn by the split's seed.",
      type: 'number',
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      default: 0.2,
      examples: [0.2],
    },
    color: {
      description: '"rgb" gives three channels, "grey" one.',
      enum: ['rgb', 'grey'],
      default: 'rgb',
      examples: ['grey'],
    },
    resize: {
      description: 'The size to which images are stretched; without it all must have the same size.',
      oneOf: [{ const: 'none' }, size],
      default: 'none',
      examples: [{ height: 64, width: 64 }],
    },
    split: split,
    augmentation: datasetAugmentation,
  },
  paths: ['folder'],
  samples: null,
  classesOf: 'samples',
  later: ['test'],
})
