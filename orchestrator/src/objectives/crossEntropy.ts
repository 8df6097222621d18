// Cross entropy from logits: the usual hard part of the loss, and the whole of it for teachers and baselines.
import { cast, logSoftmax, mean, mul, neg, oneHot, type Scalar, sum } from '@tensorflow/tfjs-core'
import type { Batch } from './objective.ts'

/**
 * -log softmax(z)[y], averaged over the batch. log softmax subtracts the largest logit first, so no finite logits
 * overflow.
 */
export function crossEntropy({ logits, labels }: Batch): Scalar {
  const classes = logits.shape[1]
  const chosen = mul(cast(oneHot(labels, classes), 'float32'), logSoftmax(logits))
  return neg(mean(sum(chosen, 1)))
}
