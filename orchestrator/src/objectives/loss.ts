// The whole loss of a training step: what is learned from the labels, and from a teacher.
import type { ResolvedLabelLoss, ResolvedObjective } from '@retort/schema/trial'
import { add, mul, type Scalar, type Tensor } from '@tensorflow/tfjs-core'
import type { Batch, LabelLoss, Lesson, Objective } from './objective.ts'
import { labelLosses, objectives } from './objectives.ts'

/** Scalars, averaged over the batch. */
export interface Loss {
  loss: Scalar
  /** Before weighting. */
  hard: Scalar
  /** The objectives' sum, each times its own weight; null without a teacher. */
  soft: Scalar | null
}

export interface Teaching extends Omit<Lesson, keyof Batch> {
  /** At least one. */
  terms: ResolvedObjective[]
  /** Of each term's own. */
  weights: Tensor[][]
  hardWeight: Scalar
  softWeight: Scalar
}

/** hard * L_hard + soft * sum of weight_k * term_k; L_hard alone where there is no teaching. */
export function lossOf(labelLoss: ResolvedLabelLoss, batch: Batch, teaching: Teaching | null): Loss {
  const hard = (labelLosses[labelLoss.type] as LabelLoss<ResolvedLabelLoss>)(batch, labelLoss)
  if (teaching === null) return { loss: hard, hard, soft: null }
  const { terms, weights, hardWeight, softWeight, ...lesson } = teaching
  const soft = terms
    .map((term, index) => {
      const objective = objectives[term.type] as Objective<ResolvedObjective>
      const value = objective({ ...batch, ...lesson }, term, weights[index]!)
      return term.weight === 1 ? value : (mul(value, term.weight) as Scalar)
    })
    .reduce((sum, value) => add(sum, value))
  return { loss: add(mul(hardWeight, hard), mul(softWeight, soft)), hard, soft }
}
