// What is measured of a trial: after each epoch, and of the model that it ends with.
import type { KnownName } from './definitions/derived.ts'

export interface EpochRecord {
  /** From 1. */
  epoch: number
  /**
   * Means over the epoch's steps; hard and soft are the parts before the loss weights, soft the sum of the objectives with
   * their own weights; softLoss null without a teacher.
   */
  trainLoss: number
  hardLoss: number
  softLoss: number | null
  validationLoss: number
  validationAccuracy: number
  /** At the epoch's last step. */
  learningRate: number
  /** Training alone, without validation. */
  seconds: number
  imagesPerSecond: number
}

/** Of the test split, by class. */
export interface PerClass {
  correct: number[]
  samples: number[]
  /** What the data calls the classes, where it does. */
  names: string[] | null
}

/** What the correction of the biases of classes left out of training (`training.correctBias`) has changed. */
export interface BiasCorrection {
  /** What was added to each class's bias. */
  shifts: number[]
  /** Figures of the model as it was trained; those of the trial are after the correction. */
  before: Pick<TrialMetrics, 'validationLoss' | 'validationAccuracy' | 'testLoss' | 'testAccuracy'> & {
    /** Right answers on the test split, by class. */
    correct: number[]
  }
}

/** What is no number. */
interface Details {
  perClass: PerClass
  /** Null where nothing was corrected. */
  biasCorrection: BiasCorrection | null
}

type Known<K extends 'always' | 'trained'> = { [N in KnownName<K>]: number }
type KnownSometimes = { [N in KnownName<'sometimes'>]?: number | null }

/** Of a trained trial; what each figure is says its definition. */
export type TrialMetrics = Known<'always'> & Known<'trained'> & KnownSometimes & Details

/** Of a teacher that is not trained here; null is what nobody knows of it. */
export type GivenMetrics = Known<'always'> & {
  [N in keyof (Known<'trained'> & Details)]: (Known<'trained'> & Details)[N] | null
} & KnownSometimes
