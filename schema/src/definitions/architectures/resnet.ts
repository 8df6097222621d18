// The architecture `resnet`; orchestrator/src/zoo/resnet.ts builds it.
import { architecture } from '../architecture.ts'
import { dropout } from '../architectureSettings.ts'

export const resnet = architecture({
  type: 'resnet',
  title: 'A CIFAR residual network.',
  description:
    'The CIFAR residual networks of He et al. (arXiv:1512.03385, section 4.2): three stages of (depth - 2) / 6 basic blocks, with width, 2 width and 4 width filters, batch norm, identity or 1 x 1 shortcuts, global average pooling.',
  required: ['depth'],
  settings: {
    depth: {
      description: 'Layers with weights: 6 n + 2.',
      enum: [8, 14, 20, 26, 32, 38, 44, 50, 56, 62, 68, 74, 80, 86, 92, 98, 104, 110],
      examples: [8, 20],
    },
    width: {
      description: 'Filters of the first stage. ResNet-8x4 and ResNet-32x4 have 64, behind a stem of 32.',
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      default: 16,
      examples: [16],
    },
    stem: {
      description: 'Filters of the convolution before the stages, or "width": as many as the first stage has.',
      oneOf: [{ const: 'width' }, { type: 'integer', minimum: 1, maximum: 1024 }],
      default: 'width',
      examples: [32, 'width'],
    },
    dropout: dropout,
  },
  readsTokens: false,
  kernels: 'by activation',
  small: { settings: { depth: 8, width: 8, stem: 4, dropout: 0.1 }, shape: [8, 8, 3], reads: 'numbers' },
})
