// What there is to say of a metric: what it counts, where it comes from, and where it is shown under which heading.

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
export interface Shown {
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
