// The architecture `mobilenet`; orchestrator/src/zoo/mobilenet.ts builds it.
import { architecture } from '../architecture.ts'
import { dropout, widthMultiplier } from '../architectureSettings.ts'

export const mobilenet = architecture({
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
  readsTokens: false,
  kernels: 'by activation',
  small: { settings: { blocks: 5, widthMultiplier: 0.5, dropout: 0.1 }, shape: [8, 8, 3], reads: 'numbers' },
})
