// The architecture `mobilenet`.

import { dropout, widthMultiplier } from '../architectureSettings.ts'
import { tagged } from '../kind.ts'

export const mobilenet = tagged('Architecture', {
  type: 'mobilenet',
  title: 'A MobileNet.',
  description:
    'MobileNet (arXiv:1704.04861): up to thirteen blocks of a depthwise and a 1 x 1 convolution, with batch norm, behind a stem of stride 1; global average pooling.',
  settings: {
    blocks: {
      description: 'How many of the thirteen blocks it has, from the first.',
      type: 'integer',
      minimum: 1,
      maximum: 13,
      default: 13,
      examples: [5, 13],
    },
    widthMultiplier: widthMultiplier,
    dropout: dropout,
  },
})
