// The data set `npz`; orchestrator/src/data/npz.ts reads it.

import { datasetAugmentation } from '../dataAugmentation.ts'
import { dataset } from '../dataset.ts'
import { layout } from '../images.ts'
import { split } from '../split.ts'

export const npz = dataset({
  type: 'npz',
  title: 'An .npz file.',
  description:
    'Four arrays in one file, as numpy.savez (.npz) or safetensors writes it; what they may hold is as for npy.',
  required: ['file'],
  settings: {
    file: {
      description: 'The archive; the path is relative to this file.',
      type: 'string',
      examples: ['data/mnist.npz'],
    },
    trainInputs: {
      description: 'The array of training inputs.',
      type: 'string',
      default: 'x_train',
      examples: ['x_train'],
    },
    trainLabels: {
      description: 'The array of training labels.',
      type: 'string',
      default: 'y_train',
      examples: ['y_train'],
    },
    testInputs: { description: 'The array of test inputs.', type: 'string', default: 'x_test', examples: ['x_test'] },
    testLabels: { description: 'The array of test labels.', type: 'string', default: 'y_test', examples: ['y_test'] },
    layout: layout,
    split: split,
    augmentation: datasetAugmentation,
  },
  paths: ['file'],
  samples: null,
  classesOf: 'samples',
  later: ['layout'],
})
