// The table of rules, by the name of TensorFlow.js's kernel. A new kernel is one entry in a family's file.
import type { Rules } from '../record/kernelTypes.ts'
import { binary } from './binary.ts'
import { convolution } from './convolution.ts'
import { counting } from './counting.ts'
import { dilation } from './dilation.ts'
import { einsum } from './einsum.ts'
import { elementwise } from './elementwise.ts'
import { gathering } from './gather.ts'
import { matmul } from './matmul.ts'
import { normalisation } from './normalisation.ts'
import { pooling } from './pooling.ts'
import { reductions } from './reductions.ts'
import { resize } from './resize.ts'
import { shapes } from './shapes.ts'
import { spaces } from './spaces.ts'
import { volumes } from './volumes.ts'

export const RULES: Rules = {
  ...elementwise,
  ...binary,
  ...reductions,
  ...matmul,
  ...convolution,
  ...pooling,
  ...normalisation,
  ...shapes,
  ...gathering,
  ...spaces,
  ...resize,
  ...volumes,
  ...dilation,
  ...einsum,
  ...counting,
}
