// The data set `cifar-10`; orchestrator/src/data/cifar10.ts reads it.

import { datasetAugmentation } from '../dataAugmentation.ts'
import { dataset } from '../dataset.ts'
import { split } from '../split.ts'

export const cifar10 = dataset({
  type: 'cifar-10',
  title: 'The CIFAR-10 images.',
  description:
    'CIFAR-10, the binary version: 50,000 + 10,000 images of 32 x 32 x 3, 10 classes. `retort data get cifar-10` unpacks it.',
  required: ['folder'],
  settings: {
    folder: {
      description:
        'Where data_batch_1.bin to data_batch_5.bin and test_batch.bin are; the path is relative to this file.',
      type: 'string',
      examples: ['data/cifar-10'],
    },
    split: split,
    augmentation: datasetAugmentation,
  },
  paths: ['folder'],
  samples: { train: 50000, test: 10000 },
  classesOf: 'samples',
  later: [],
})
