// Cross entropy from logits: the usual hard part of the loss, and the whole of it for teachers and baselines.
import { cast, logSoftmax, mul, neg, oneHot, type Scalar, sum } from '@tensorflow/tfjs-core'
import { meanOfRows } from './meanOfRows.ts'
import type { Labelled } from './objective.ts'

/**
 * -log softmax(z)[y], averaged over the batch. log softmax subtracts the largest logit first, so no finite logits
 * overflow.
 */
export function crossEntropy({ logits, labels, weights }: Labelled): Scalar {
  const classes = logits.shape[1]
  const chosen = mul(cast(oneHot(labels, classes), 'float32'), logSoftmax(logits))
  return neg(meanOfRows(sum(chosen, 1), weights))
}
