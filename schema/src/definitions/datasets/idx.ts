// The data set `idx`; orchestrator/src/data/idx.ts reads it.

import { datasetAugmentation } from '../dataAugmentation.ts'
import { dataset } from '../dataset.ts'
import { layout } from '../images.ts'
import { split } from '../split.ts'

export const idx = dataset({
  type: 'idx',
  title: 'Four IDX files.',
  description: "Images and labels in four IDX files (MNIST's format), plain or gzipped.",
  required: ['trainImages', 'trainLabels', 'testImages', 'testLabels'],
  settings: {
    trainImages: {
      description:
        'Training images, unsigned bytes [n, height, width] or [n, height, width, channels]; the path is relative to this file.',
      type: 'string',
      examples: ['fashion/train-images-idx3-ubyte.gz'],
    },
    trainLabels: {
      description: 'Training labels, unsigned bytes [n].',
      type: 'string',
      examples: ['fashion/train-labels-idx1-ubyte.gz'],
    },
    testImages: {
      description: "Test images, of the training images' size.",
      type: 'string',
      examples: ['fashion/t10k-images-idx3-ubyte.gz'],
    },
    testLabels: {
      description: 'Test labels, unsigned bytes [n].',
      type: 'string',
      examples: ['fashion/t10k-labels-idx1-ubyte.gz'],
    },
    layout: layout,
    split: split,
    augmentation: datasetAugmentation,
  },
  paths: ['trainImages', 'trainLabels', 'testImages', 'testLabels'],
  samples: null,
  classesOf: 'samples',
  later: ['layout'],
})
