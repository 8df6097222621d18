// The architecture `shufflenet`; orchestrator/src/zoo/shufflenet.ts builds it.
import { architecture } from '../architecture.ts'
import { dropout, shufflenetBlocks } from '../architectureSettings.ts'

export const shufflenet = architecture({
  type: 'shufflenet',
  title: 'A ShuffleNet.',
  description:
    'ShuffleNet (arXiv:1707.01083) in the form for small images of RepDistiller (arXiv:1910.10699): three stages of blocks of grouped 1 x 1 convolutions with a shuffle between them, the first block of each halves the image; a 1 x 1 stem, global average pooling.',
  settings: {
    groups: {
      description:
        'Groups of the 1 x 1 convolutions; the stages have 144, 288, 576 channels with 1, 200, 400, 800 with 2, and 240, 480, 960 with 3.',
      enum: [1, 2, 3],
      default: 3,
      examples: [3],
    },
    blocks: shufflenetBlocks,
    dropout: dropout,
  },
  readsTokens: false,
  kernels: 'by activation',
  small: { settings: { blocks: [2, 1, 1], groups: 2 }, shape: [16, 16, 3], reads: 'numbers' },
})
