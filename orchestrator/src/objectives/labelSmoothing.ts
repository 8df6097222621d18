// Label smoothing (Szegedy et al., arXiv:1512.00567, section 7).
import { add, logSoftmax, mul, neg } from '@tensorflow/tfjs-core'
import { crossEntropy } from './crossEntropy.ts'
import { meanOfRows } from './meanOfRows.ts'
import type { LabelLoss } from './objective.ts'

/**
 * H(q', p) = (1 - epsilon) H(q, p) + epsilon H(u, p), where u is even over all classes, the right one included.
 * Averaged over the batch.
 */
export const labelSmoothing: LabelLoss<'label-smoothing'> = (batch, { epsilon }) =>
  add(mul(crossEntropy(batch), 1 - epsilon), mul(neg(meanOfRows(logSoftmax(batch.logits), batch.weights)), epsilon))
