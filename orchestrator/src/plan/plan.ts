// What a sweep consists of: data that the planner makes from an experiment and everything later reads.
import type { Experiment } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import type { AnyConfig } from '@retort/schema/trial'
import type { TrialId } from '@retort/schema/trialId'

export interface PlannedTrial {
  id: TrialId
  config: AnyConfig
  role: 'teacher' | 'student' | 'baseline'
  /** The teacher's or student's id in the experiment. */
  model: string
  /** The teacher's id in the experiment, for role student; of a student that teaches, with who taught it. */
  teacher: string | null
  /** Must be done, and its logits computed, before this one starts; for role student. */
  teacherTrial: TrialId | null
  /** The scratch baseline of the same student, axes and seed; for role student, and for a baseline of another label loss. */
  baselineTrial: TrialId | null
  /**
   * Values of the experiment's `sweep` axes, by path; of a baseline other than scratch its label loss too, and
   * what changes from epoch to epoch under `temperatures` and `lossWeights`.
   */
  axes: Record<string, unknown>
  /**
   * Same for all replicates: SHA-256 of the configuration without its seed, in which the configuration of a teacher that
   * is a replicate, too, stands for its trial.
   */
  configuration: string
}

export interface Plan {
  name: string
  description: string
  /** The file as it was written. */
  source: Experiment
  experiment: Resolved<Experiment>
  /** The resolved loss formula, as people write it. */
  formula: string
  /**
   * Every configuration once; teachers first, then each student's trials together, its baselines before them. Students
   * that teach stand before those that learn from them.
   */
  trials: PlannedTrial[]
}
