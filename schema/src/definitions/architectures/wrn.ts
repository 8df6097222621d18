// The architecture `wrn`; orchestrator/src/zoo/wrn.ts builds it.
import { architecture } from '../architecture.ts'
export const wrn = architecture({
  type: 'wrn',
  title: 'A wide residual network.',
  description:
    'Wide residual networks (Zagoruyko and Komodakis, arXiv:1605.07146), WRN-depth-widen: three stages of (depth - 4) / 6 pre-activated blocks with 16 widen, 32 widen and 64 widen filters behind a stem of 16.',
  required: ['depth'],
  settings: {
    depth: {
      description: '6 n + 4, as its authors count.',
      enum: [10, 16, 22, 28, 34, 40, 46, 52],
      examples: [16, 40],
    },
    widen: {
      description: 'How many times as many filters the stages have.',
      type: 'integer',
      minimum: 1,
      maximum: 64,
      default: 1,
      examples: [2],
    },
    dropout: {
      description: 'Probability with which a number between the two convolutions of a block is dropped while training.',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      examples: [0.3],
    },
  },
  readsTokens: false,
  kernels: 'by activation',
  small: { settings: { depth: 10, widen: 1, dropout: 0.2 }, shape: [8, 8, 3], reads: 'numbers' },
})
