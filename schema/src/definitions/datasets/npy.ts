// The data set `npy`; orchestrator/src/data/npy.ts reads it.

import { datasetAugmentation } from '../dataAugmentation.ts'
import { dataset } from '../dataset.ts'
import { layout } from '../images.ts'
import { split } from '../split.ts'

export const npy = dataset({
  type: 'npy',
  title: 'Four .npy files.',
  description:
    'Four arrays in files of their own, as NumPy (.npy) or safetensors writes them. Bytes are images, [n, height, width] or [n, height, width, channels], or [n, features]; other numbers may have any shape [n, …]. Labels are whole numbers from 0, [n], or one-hot rows, [n, classes].',
  required: ['trainInputs', 'trainLabels', 'testInputs', 'testLabels'],
  settings: {
    trainInputs: {
      description: 'Training inputs; the path is relative to this file.',
      type: 'string',
      examples: ['data/x_train.npy'],
    },
    trainLabels: { description: 'Training labels.', type: 'string', examples: ['data/y_train.npy'] },
    testInputs: {
      description: "Test inputs, of the training inputs' shape and type.",
      type: 'string',
      examples: ['data/x_test.npy'],
    },
    testLabels: { description: 'Test labels.', type: 'string', examples: ['data/y_test.npy'] },
    layout: layout,
    split: split,
    augmentation: datasetAugmentation,
  },
  paths: ['trainInputs', 'trainLabels', 'testInputs', 'testLabels'],
  samples: null,
  classesOf: 'samples',
  later: ['layout'],
})
