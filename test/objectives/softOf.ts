// What the soft part of a loss gives on TensorFlow.js, with its gradient.
import type { ResolvedLabelLoss, ResolvedObjective } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import { lossOf } from '../../orchestrator/src/objectives/loss.ts'
import { valueAt } from '../../orchestrator/src/trial/teaching.ts'
import { noFeatures, type Rows, type Sample } from './reference.ts'

export const crossEntropy: ResolvedLabelLoss = { type: 'cross-entropy' }

/** The soft part alone. */
export function softOf(objective: ResolvedObjective[], { student, teacher, labels, temperature }: Sample) {
  return tf.tidy(() => {
    const value = (logits: tf.Tensor2D) =>
      lossOf(
        crossEntropy,
        { logits, labels: tf.tensor1d(labels, 'int32') },
        {
          terms: objective,
          weights: objective.map(() => []),
          features: noFeatures,
          teacherLogits: tf.tensor2d(teacher),
          temperature: tf.scalar(temperature),
          hardWeight: tf.scalar(0),
          softWeight: tf.scalar(1),
          termWeights: objective.map(({ weight }) => tf.scalar(valueAt(weight, 1, 1))),
        },
      ).loss
    return {
      value: value(tf.tensor2d(student)).arraySync(),
      gradient: tf
        .grad((logits) => value(logits as tf.Tensor2D))(tf.tensor2d(student))
        .arraySync() as Rows,
    }
  })
}
