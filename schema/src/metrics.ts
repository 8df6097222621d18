// What is measured of a trial: after each epoch, and of the model that it ends with.

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

export interface TrialMetrics {
  /** The epoch whose weights these are. */
  keptEpoch: number
  validationLoss: number
  validationAccuracy: number
  testLoss: number
  testAccuracy: number
  /** Share of the reported test samples on which student and teacher name the same class; null without a teacher. */
  teacherAgreement: number | null
  /** Expected calibration error on the test split, with 15 bins (arXiv:1706.04599). */
  calibrationError: number
  /** The same after the logits are divided by the temperature that fits the validation split best. */
  scaledCalibrationError: number
  calibrationTemperature: number
  perClass: PerClass
  /** Null where nothing was corrected. */
  biasCorrection: BiasCorrection | null
  /** Weights, the untrained ones (batch norm's statistics) included. */
  parameters: number
  /** Of one sample's forward pass. */
  multiplyAccumulates: number
  onnxBytes: number
  /** Of training, over all attempts. */
  trainSeconds: number
}

type Unknowable = Exclude<keyof TrialMetrics, 'trainSeconds'>

/** Of a teacher that is not trained here; null is what nobody knows of it. */
export type GivenMetrics = {
  [K in keyof TrialMetrics]: K extends Unknowable ? TrialMetrics[K] | null : TrialMetrics[K]
}
