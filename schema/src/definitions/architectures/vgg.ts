// The architecture `vgg`.

import { dropout, widthMultiplier } from '../architectureSettings.ts'
import { tagged } from '../kind.ts'

export const vgg = tagged('Architecture', {
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
})
