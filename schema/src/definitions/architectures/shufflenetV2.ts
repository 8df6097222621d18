// The architecture `shufflenet-v2`; orchestrator/src/zoo/shufflenetV2.ts builds it.
import { architecture } from '../architecture.ts'
import { dropout, shufflenetBlocks } from '../architectureSettings.ts'

export const shufflenetV2 = architecture({
  type: 'shufflenet-v2',
  title: 'A ShuffleNetV2.',
  description:
    'ShuffleNetV2 (arXiv:1807.11164) in the form for small images of RepDistiller (arXiv:1910.10699): three stages of blocks that change one half of the channels and shuffle both, the first block of each halves the image; a 1 x 1 stem, global average pooling.',
  settings: {
    widthMultiplier: {
      description: "Which of the paper's widths: 48, 116, 176 or 244 channels in the first stage.",
      enum: [0.5, 1, 1.5, 2],
      default: 1,
      examples: [0.5, 1],
    },
    blocks: shufflenetBlocks,
    dropout: dropout,
  },
  readsTokens: false,
  kernels: 'by activation',
  small: { settings: { blocks: [2, 2, 1], widthMultiplier: 0.5 }, shape: [16, 16, 3], reads: 'numbers' },
})
