// The data set `cifar-100`; orchestrator/src/data/cifar100.ts reads it.

import { datasetAugmentation } from '../dataAugmentation.ts'
import { dataset } from '../dataset.ts'
import { split } from '../split.ts'

export const cifar100 = dataset({
  type: 'cifar-100',
  title: 'The CIFAR-100 images.',
  description:
    'CIFAR-100 with its fine labels, the binary version: 50,000 + 10,000 images of 32 x 32 x 3, 100 classes. `retort data get cifar-100` unpacks it.',
  required: ['folder'],
  settings: {
    folder: {
      description: 'Where train.bin and test.bin are; the path is relative to this file.',
      type: 'string',
      examples: ['data/cifar-100'],
    },
    split: split,
    augmentation: datasetAugmentation,
  },
  paths: ['folder'],
  samples: { train: 50000, test: 10000 },
  classesOf: 'samples',
  later: [],
})
