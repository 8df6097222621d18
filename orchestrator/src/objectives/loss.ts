// The whole loss of a training step: what is learned from the labels, and from a teacher.
import type { ResolvedLabelLoss, ResolvedObjective } from '@retort/schema/trial'
import { add, mul, type Scalar, sub, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core'
import { labelLosses } from './labelLosses.ts'
import type { Batch, LabelLoss, Lesson, Objective } from './objective.ts'
import { objectives } from './objectives.ts'

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
  /** The terms' own, instead of what their settings say: they may change from epoch to epoch. */
  termWeights: Scalar[]
}

/** Samples that may be blended with others, mixup (Zhang et al., arXiv:1710.09412). */
export interface Blended extends Batch {
  mixture?: {
    /** int32, of those that the samples are blended with */
    partnerLabels: Tensor1D
    /** The samples' own, from 0 to 1. */
    shares: Tensor1D
  }
}

/** hard * L_hard + soft * sum of weight_k * term_k; L_hard alone where there is no teaching. */
export function lossOf(labelLoss: ResolvedLabelLoss, { mixture, ...batch }: Blended, teaching: Teaching | null): Loss {
  const hard = hardOf(labelLoss, batch, mixture)
  if (teaching === null) return { loss: hard, hard, soft: null }
  const { terms, weights, hardWeight, softWeight, termWeights, ...lesson } = teaching
  const soft = terms
    .map((term, index) => {
      const objective = objectives[term.type] as Objective
      return mul(termWeights[index]!, objective({ ...batch, ...lesson }, term, weights[index]!)) as Scalar
    })
    .reduce((sum, value) => add(sum, value))
  return { loss: add(mul(hardWeight, hard), mul(softWeight, soft)), hard, soft }
}

/** Of a blend share * L(y) + (1 - share) * L(y of the partner), averaged over the batch. */
function hardOf(labelLoss: ResolvedLabelLoss, batch: Batch, mixture: Blended['mixture']): Scalar {
  const of = labelLosses[labelLoss.type] as LabelLoss
  if (mixture === undefined) return of(batch, labelLoss)
  const { partnerLabels, shares } = mixture
  const own = of({ ...batch, weights: shares }, labelLoss)
  return add(own, of({ ...batch, labels: partnerLabels, weights: sub(1, shares) }, labelLoss))
}
