// The architecture `vgg`; orchestrator/src/zoo/vgg.ts builds it.
import { architecture } from '../architecture.ts'
import { dropout, widthMultiplier } from '../architectureSettings.ts'

export const vgg = architecture({
  type: 'vgg',
  title: 'A VGG network.',
  description:
    'VGG networks (arXiv:1409.1556) with batch norm in the form for small images of RepDistiller (arXiv:1910.10699): five stages of 64, 128, 256, 512 and 512 filters, pooling behind the first three (four for images of 64 pixels and more), global average pooling, one dense layer.',
  required: ['depth'],
  settings: {
    depth: {
      description: 'Which network; 8 has one convolution in each stage.',
      enum: [8, 11, 13, 16, 19],
      examples: [8, 13],
    },
    widthMultiplier: widthMultiplier,
    dropout: dropout,
  },
  readsTokens: false,
  kernels: 'by activation',
  small: { settings: { depth: 8, widthMultiplier: 0.1, dropout: 0.1 }, shape: [16, 16, 3], reads: 'numbers' },
})
