// What an objective is: it compares a batch's logits with the labels and with a teacher's logits.
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'

export interface Batch {
  /** The student's raw logits, [batch, classes]. */
  logits: Tensor2D
  /** int32 */
  labels: Tensor1D
}

export interface Teaching {
  /** The teacher's raw logits, [batch, classes]. */
  teacherLogits: Tensor2D
  temperature: Scalar
  hardWeight: Scalar
  softWeight: Scalar
}

/** Scalars, in nats, averaged over the batch. */
export interface Loss {
  loss: Scalar
  /** Before weighting. */
  hard: Scalar
  /** Before weighting, but with the objective's own factors of the temperature; null without a teacher. */
  soft: Scalar | null
}

/** Direction, temperature factor and reduction are each objective's own; its file states them. */
export type Objective = (batch: Batch, teaching: Teaching) => Loss
