// The architecture `mobilenet-v2`; orchestrator/src/zoo/mobilenetV2.ts builds it.
import { architecture } from '../architecture.ts'
import { dropout, widthMultiplier } from '../architectureSettings.ts'

export const mobilenetV2 = architecture({
  type: 'mobilenet-v2',
  title: 'A MobileNetV2.',
  description:
    'MobileNetV2 (arXiv:1801.04381) in the form for small images of RepDistiller (arXiv:1910.10699): seven stages of inverted residual blocks with 16, 24, 32, 64, 96, 160 and 320 filters, of which the third, fourth and sixth halve the image, as the stem does; global average pooling over 1280 filters. Its published student has a width multiplier of 0.5.',
  settings: {
    blocks: {
      description: 'Blocks of each stage.',
      type: 'array',
      minItems: 7,
      maxItems: 7,
      items: { type: 'integer', minimum: 1, maximum: 100 },
      default: [1, 2, 3, 4, 3, 3, 1],
      examples: [[1, 1, 1, 1, 1, 1, 1]],
    },
    widthMultiplier: widthMultiplier,
    expansion: {
      description: 'How many times as many channels a block has inside; the first stage expands by 1.',
      type: 'integer',
      minimum: 1,
      maximum: 64,
      default: 6,
      examples: [6],
    },
    dropout: dropout,
  },
  readsTokens: false,
  kernels: 'by activation',
  small: {
    settings: { blocks: [1, 1, 2, 1, 1, 1, 1], widthMultiplier: 0.5, expansion: 3 },
    shape: [32, 32, 3],
    reads: 'numbers',
  },
})
