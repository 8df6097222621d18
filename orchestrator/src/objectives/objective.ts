// What an objective is: one term of what a student learns from its teacher, out of a batch.
import type { LabelLossType } from '@retort/schema/definitions/labelLosses'
import type { ObjectiveType } from '@retort/schema/definitions/objectives'
import type { ResolvedLabelLoss, ResolvedObjective } from '@retort/schema/trial'
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'

export interface Batch {
  /** The student's raw logits, [batch, classes]. */
  logits: Tensor2D
  /** int32 */
  labels: Tensor1D
}

/** A batch whose rows may count unevenly. */
export interface Labelled extends Batch {
  /** How much each row's loss counts in the mean, [batch]; 1 where there are none. */
  weights?: Tensor1D
}

/** What layers of a model give, by the layer's name: [batch, ...]. */
export type Features = Record<string, Tensor>

export interface Lesson extends Batch {
  /** The teacher's raw logits, [batch, classes]; of a teacher with other tokens [batch, its classes], the largest first. */
  teacherLogits: Tensor2D
  /** Of a teacher with other tokens, which `uld` alone allows: 1 for rows of which it has logits, else 0; [batch]. */
  aligned?: Tensor1D | null
  /** Above 0; an objective's definition says whether it reads it. */
  temperature: Scalar
  /** Of the layers that the objectives name; the teacher's are constants. */
  features: { student: Features; teacher: Features }
}

type SettingsOf<Type> = Extract<ResolvedObjective, { type: Type }>

/**
 * A term of the loss before weighting, but with its own factors of the temperature. Direction, temperature factor and
 * reduction are each objective's own; its file states them.
 * @param weights its own, which are trained with the student and are no part of it; most objectives have none
 */
export type Objective<Type extends ObjectiveType = ObjectiveType> = (
  lesson: Lesson,
  settings: SettingsOf<Type>,
  weights: Tensor[],
) => Scalar

/** Shapes of the layers that the objectives name, without the batch. */
export type FeatureShapes = { student: Record<string, number[]>; teacher: Record<string, number[]> }

/** Shapes of the weights of an objective's own; the last axis but one of a kernel is what it reads. */
export type OwnWeights<Type extends ObjectiveType = ObjectiveType> = (
  settings: SettingsOf<Type>,
  shapes: FeatureShapes,
) => number[][]

/** What is learned from the labels, in nats, averaged over the batch; a sum of what each row gives by itself. */
export type LabelLoss<Type extends LabelLossType = LabelLossType> = (
  batch: Labelled,
  settings: Extract<ResolvedLabelLoss, { type: Type }>,
) => Scalar
