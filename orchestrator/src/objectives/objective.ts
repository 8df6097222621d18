// What an objective is: one term of what a student learns from its teacher, out of a batch's logits.
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'

export interface Batch {
  /** The student's raw logits, [batch, classes]. */
  logits: Tensor2D
  /** int32 */
  labels: Tensor1D
}

export interface Lesson extends Batch {
  /** The teacher's raw logits, [batch, classes]. */
  teacherLogits: Tensor2D
  /** Above 0. Objectives that read none are listed in spec/objectives.ts. */
  temperature: Scalar
}

/**
 * A term of the loss before weighting, but with its own factors of the temperature. Direction, temperature factor and
 * reduction are each objective's own; its file states them.
 */
export type Objective<Settings> = (lesson: Lesson, settings: Settings) => Scalar

/** What is learned from the labels, in nats, averaged over the batch. */
export type LabelLoss<Settings> = (batch: Batch, settings: Settings) => Scalar
