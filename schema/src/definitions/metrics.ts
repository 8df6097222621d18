// Every figure of a trial: what it counts, where it comes from, and where it is shown under which heading. Types, the
// check of a worker's message, columns of views, sort keys and tables are derived from this list, in its order. A new one
// is an entry here, and the line that measures it where trials run.

/** What a value counts; it says how it is written. */
export type Unit =
  | 'share'
  /** A difference of shares. */
  | 'points'
  /** Mean cross entropy. */
  | 'nats'
  /** Among how many equally likely tokens one is as unsure. */
  | 'perplexity'
  | 'temperature'
  | 'epoch'
  | 'count'
  | 'operations'
  | 'bytes'
  | 'seconds'

/** Where a value comes from. */
export type Source =
  /**
   * A row in the table of measurements. `always`: each trial that is done has one; `trained`: null of a teacher that is not
   * trained here where nobody knows it; `sometimes`: also of others, who may leave it out.
   */
  | { from: 'worker'; known: 'always' | 'trained' | 'sometimes' }
  /** Another metric as a share of, or as a difference from, that of its teacher's or its baseline's trial. */
  | { from: 'teacher' | 'baseline'; metric: string; as: 'share' | 'difference' }
  /** What it was before the biases were corrected, by its path there. */
  | { from: 'bias correction'; path: string }
  /** e to a loss, where classes are tokens. */
  | { from: 'loss'; metric: 'validationLoss' | 'testLoss' }

/** Groups of the leaderboard's columns, in their order, by their headings. */
export const leaderboardGroups = {
  accuracy: 'Accuracy',
  gain: 'Distillation gain',
  perplexity: 'Perplexity',
  uncorrected: 'Before bias correction',
  size: 'Size',
  likeness: 'Likeness to the teacher',
} as const

/** Headings by place. */
interface Shown {
  leaderboard?: { group: keyof typeof leaderboardGroups; heading: string; title?: string }
  /** `retort rank`, which sorts by it, too. */
  rank?: string
  /** Figures at the head of a trial's page. */
  trial?: { heading: string; title?: string; of?: 'student' }
  /** The report's table of configurations, of models, and of teachers. */
  report?: string
  models?: string
  teachers?: string
}

export interface Metric {
  unit: Unit
  better: 'more' | 'less' | null
  source: Source
  /** Whether the trials' view has it. */
  ofTrial: boolean
  /** Its value for a configuration: the mean over replicates, or the same for all; null where the view has none. */
  ofConfiguration: 'mean' | 'same' | null
  /** As it is named in addresses of pages and by `--sort`. */
  key?: string
  /** In the middle of a sentence. */
  label: string
  /** The axis of the chart that it can be, with the name to choose it by. */
  axis?: { of: 'size' | 'accuracy'; scale: 'linear' | 'log'; name: string }
  shown: Shown
}

export const metrics = {
  keptEpoch: {
    unit: 'epoch',
    better: null,
    source: { from: 'worker', known: 'trained' },
    ofTrial: true,
    ofConfiguration: null,
    label: 'epoch whose weights were kept',
    shown: {},
  },
  validationAccuracy: {
    unit: 'share',
    better: 'more',
    source: { from: 'worker', known: 'trained' },
    ofTrial: true,
    ofConfiguration: 'mean',
    key: 'validation',
    label: 'validation accuracy',
    axis: { of: 'accuracy', scale: 'linear', name: 'Validation' },
    shown: {
      leaderboard: {
        group: 'accuracy',
        heading: 'Validation',
        title: 'Mean over the seeds, which decides the rank, and its 95 % confidence interval',
      },
      rank: 'validation',
      trial: { heading: 'Validation accuracy' },
      report: 'validation',
      teachers: 'validation',
    },
  },
  testAccuracy: {
    unit: 'share',
    better: 'more',
    source: { from: 'worker', known: 'trained' },
    ofTrial: true,
    ofConfiguration: 'mean',
    key: 'test',
    label: 'test accuracy',
    axis: { of: 'accuracy', scale: 'linear', name: 'Test' },
    shown: {
      leaderboard: {
        group: 'accuracy',
        heading: 'Test',
        title: 'Mean over the seeds, and its 95 % confidence interval',
      },
      rank: 'test',
      trial: { heading: 'Test accuracy' },
      report: 'test',
      teachers: 'test',
    },
  },
  validationLoss: {
    unit: 'nats',
    better: 'less',
    source: { from: 'worker', known: 'trained' },
    ofTrial: true,
    ofConfiguration: 'mean',
    label: 'validation loss',
    shown: {},
  },
  testLoss: {
    unit: 'nats',
    better: 'less',
    source: { from: 'worker', known: 'trained' },
    ofTrial: true,
    ofConfiguration: 'mean',
    label: 'test loss',
    shown: {},
  },
  perplexity: {
    unit: 'perplexity',
    better: 'less',
    source: { from: 'loss', metric: 'validationLoss' },
    ofTrial: false,
    ofConfiguration: null,
    key: 'perplexity',
    label: 'perplexity',
    shown: {
      leaderboard: {
        group: 'perplexity',
        heading: 'Validation',
        title: 'e to the mean validation loss: among how many equally likely tokens it is as unsure',
      },
      rank: 'perplexity',
      trial: {
        heading: 'Perplexity',
        title: 'e to the mean validation loss: among how many equally likely tokens the model is as unsure',
      },
      report: 'perplexity',
      teachers: 'perplexity',
    },
  },
  testPerplexity: {
    unit: 'perplexity',
    better: 'less',
    source: { from: 'loss', metric: 'testLoss' },
    ofTrial: false,
    ofConfiguration: null,
    key: 'testPerplexity',
    label: 'test perplexity',
    shown: {
      leaderboard: { group: 'perplexity', heading: 'Test', title: 'e to the mean test loss' },
      rank: 'test perplexity',
      report: 'test perplexity',
      teachers: 'test perplexity',
    },
  },
  /** Of a configuration the comparison has it, seed by seed. */
  validationGain: {
    unit: 'points',
    better: 'more',
    source: { from: 'baseline', metric: 'validationAccuracy', as: 'difference' },
    ofTrial: true,
    ofConfiguration: null,
    key: 'gain',
    label: 'gain in validation accuracy',
    shown: {
      leaderboard: {
        group: 'gain',
        heading: 'Gain',
        title:
          'Validation accuracy minus that of the same student and seed from scratch, in percentage points: mean and 95 % confidence interval',
      },
      rank: 'gain',
      report: 'gain, points',
    },
  },
  gain: {
    unit: 'points',
    better: 'more',
    source: { from: 'baseline', metric: 'testAccuracy', as: 'difference' },
    ofTrial: true,
    ofConfiguration: 'mean',
    label: 'gain in test accuracy',
    shown: { trial: { heading: 'Gain over baseline', of: 'student' } },
  },
  relativeAccuracy: {
    unit: 'share',
    better: 'more',
    source: { from: 'teacher', metric: 'testAccuracy', as: 'share' },
    ofTrial: true,
    ofConfiguration: 'mean',
    key: 'relative',
    label: 'share of the teacher’s test accuracy',
    shown: {
      leaderboard: {
        group: 'likeness',
        heading: 'Of teacher',
        title: 'Test accuracy as a share of the teacher’s',
      },
      rank: 'of teacher',
      trial: { heading: 'Of the teacher’s', of: 'student' },
    },
  },
  relativeValidationAccuracy: {
    unit: 'share',
    better: 'more',
    source: { from: 'teacher', metric: 'validationAccuracy', as: 'share' },
    ofTrial: true,
    ofConfiguration: null,
    label: 'share of the teacher’s validation accuracy',
    shown: {},
  },
  /** On the reported test samples. */
  teacherAgreement: {
    unit: 'share',
    better: 'more',
    source: { from: 'worker', known: 'sometimes' },
    ofTrial: true,
    ofConfiguration: 'mean',
    key: 'agreement',
    label: 'agreement with the teacher',
    shown: {
      leaderboard: {
        group: 'likeness',
        heading: 'Agreement',
        title: 'Share of test samples on which student and teacher name the same class',
      },
    },
  },
  /** Expected calibration error on the test split, with 15 bins (arXiv:1706.04599). */
  calibrationError: {
    unit: 'share',
    better: 'less',
    source: { from: 'worker', known: 'trained' },
    ofTrial: true,
    ofConfiguration: 'mean',
    label: 'calibration error',
    shown: {
      trial: {
        heading: 'Calibration error',
        title:
          'Expected calibration error on the test split, 15 bins; then with logits divided by the temperature that fits the validation split',
      },
      report: 'calibration error',
      teachers: 'calibration error',
    },
  },
  /** The same after the logits are divided by the temperature that fits the validation split best. */
  scaledCalibrationError: {
    unit: 'share',
    better: 'less',
    source: { from: 'worker', known: 'trained' },
    ofTrial: true,
    ofConfiguration: 'mean',
    label: 'calibration error after scaling',
    shown: {},
  },
  calibrationTemperature: {
    unit: 'temperature',
    better: null,
    source: { from: 'worker', known: 'trained' },
    ofTrial: true,
    ofConfiguration: null,
    label: 'temperature that fits the validation split best',
    shown: {},
  },
  /** Weights, the untrained ones (batch norm's statistics) included. */
  parameters: {
    unit: 'count',
    better: 'less',
    source: { from: 'worker', known: 'trained' },
    ofTrial: true,
    ofConfiguration: 'same',
    key: 'parameters',
    label: 'parameters',
    axis: { of: 'size', scale: 'log', name: 'Parameters' },
    shown: {
      leaderboard: { group: 'size', heading: 'Parameters' },
      rank: 'parameters',
      trial: { heading: 'Parameters' },
      report: 'parameters',
      models: 'parameters',
    },
  },
  onnxBytes: {
    unit: 'bytes',
    better: 'less',
    source: { from: 'worker', known: 'trained' },
    ofTrial: true,
    ofConfiguration: 'same',
    key: 'bytes',
    label: 'ONNX file',
    axis: { of: 'size', scale: 'log', name: 'ONNX bytes' },
    shown: {
      leaderboard: { group: 'size', heading: 'ONNX', title: 'The exported file' },
      rank: 'ONNX',
      trial: { heading: 'ONNX file' },
      report: 'ONNX',
      models: 'ONNX',
    },
  },
  /** Of one sample's forward pass. */
  multiplyAccumulates: {
    unit: 'operations',
    better: 'less',
    source: { from: 'worker', known: 'trained' },
    ofTrial: true,
    ofConfiguration: 'same',
    key: 'macs',
    label: 'multiply-accumulates',
    axis: { of: 'size', scale: 'log', name: 'MACs' },
    shown: {
      leaderboard: { group: 'size', heading: 'MACs', title: 'Multiply-accumulates of one sample' },
      models: 'multiply-adds',
    },
  },
  /** Of training, over all attempts. */
  trainSeconds: {
    unit: 'seconds',
    better: 'less',
    source: { from: 'worker', known: 'always' },
    ofTrial: true,
    ofConfiguration: null,
    label: 'seconds of training',
    shown: { trial: { heading: 'Training' } },
  },
  uncorrectedValidationAccuracy: {
    unit: 'share',
    better: 'more',
    source: { from: 'bias correction', path: '$.before.validationAccuracy' },
    ofTrial: false,
    ofConfiguration: 'mean',
    key: 'uncorrectedValidation',
    label: 'validation accuracy before the bias correction',
    shown: {
      leaderboard: {
        group: 'uncorrected',
        heading: 'Validation',
        title: 'Mean accuracy before the biases of classes left out of training were corrected',
      },
    },
  },
  uncorrectedTestAccuracy: {
    unit: 'share',
    better: 'more',
    source: { from: 'bias correction', path: '$.before.testAccuracy' },
    ofTrial: false,
    ofConfiguration: 'mean',
    key: 'uncorrectedTest',
    label: 'test accuracy before the bias correction',
    shown: {
      leaderboard: {
        group: 'uncorrected',
        heading: 'Test',
        title: 'Mean accuracy before the biases of classes left out of training were corrected',
      },
    },
  },
} as const satisfies Record<string, Metric>

export type Metrics = typeof metrics
export type MetricName = keyof Metrics

type Having<Shape> = { [N in MetricName]: Metrics[N] extends Shape ? N : never }[MetricName]

/** Those that trials' processes measure. */
export type MeasuredName = Having<{ source: { from: 'worker' } }>
export type KnownName<K extends 'always' | 'trained' | 'sometimes'> = Having<{ source: { from: 'worker'; known: K } }>
/** Those in the view of trials, and in that of configurations. */
export type TrialMetricName = Having<{ ofTrial: true }>
export type ConfigurationMetricName = Having<{ ofConfiguration: 'mean' | 'same' }>

/** With each definition as what it is one of, so that what it may have can be asked for. */
export const metricList = Object.entries(metrics) as [MetricName, Metric][]

export const measuredNames = metricList.flatMap(([name, { source }]) =>
  source.from === 'worker' ? [name as MeasuredName] : [],
)

const wholeUnits: readonly Unit[] = ['epoch', 'count', 'operations', 'bytes']
/** Whether it counts in whole numbers. */
export const isWhole = (name: MetricName): boolean => wholeUnits.includes(metrics[name].unit)

type Shows<Place extends keyof Shown> = { shown: Record<Place, unknown> }
export type ShownName<Place extends keyof Shown> = Having<Shows<Place>>
export type KeyOf<N extends MetricName> = Metrics[N] extends { key: infer Key extends string } ? Key : never
/** Keys of those that a place shows. */
export type KeyIn<Place extends keyof Shown> = KeyOf<ShownName<Place>>

/** Those that a place shows, with what it says of them. */
export const shownIn = <Place extends keyof Shown>(place: Place) =>
  metricList.flatMap(([name, metric]) => {
    const as = metric.shown[place]
    return as === undefined ? [] : [{ name: name as ShownName<Place>, metric, as: as as NonNullable<Shown[Place]> }]
  })

/** What comes first where people sort by it: the best. */
export const usualOrder = ({ better }: Pick<Metric, 'better'>): 'asc' | 'desc' => (better === 'more' ? 'desc' : 'asc')
