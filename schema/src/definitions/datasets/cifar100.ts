// The data set `cifar-100`.

import { datasetAugmentation } from '../dataAugmentation.ts'
import { tagged } from '../kind.ts'
import { split } from '../split.ts'

export const cifar100 = tagged('Dataset', {
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
})
