// Which of a sweep's trials takes the most computing: by it an engine is chosen.
import type { TrialConfig } from '@retort/schema/trial'
import type { PlannedTrial } from './plan.ts'

export type TrainedTrial = PlannedTrial & { config: TrialConfig }

interface ModelSize {
  model: string
  /** Values of the axes that shaped it, by path. */
  axes: Record<string, unknown>
  /** Of a sample. */
  multiplyAccumulates: number | null
}

/**
 * The student's trial whose step multiplies most, a taught one before a baseline; null where no student is trained.
 * @param sizes of all students, at every point of the axes that shape them
 */
export function largestStudent(trials: PlannedTrial[], sizes: ModelSize[]): TrainedTrial | null {
  let largest: { trial: TrainedTrial; cost: number } | null = null
  for (const trial of trials) {
    if (!isTrainedStudent(trial)) continue
    const size = sizes.find(({ model, axes }) => model === trial.model && includes(trial.axes, axes))
    const cost = (size?.multiplyAccumulates ?? 0) * trial.config.training.batchSize
    const isMore =
      largest === null ||
      cost > largest.cost ||
      (cost === largest.cost && trial.config.distillation !== null && largest.trial.config.distillation === null)
    if (isMore) largest = { trial, cost }
  }
  return largest?.trial ?? null
}

const isTrainedStudent = (trial: PlannedTrial): trial is TrainedTrial => trial.config.role === 'student'

/** Whether a trial's axes have the values of a model's. */
export const includes = (whole: Record<string, unknown>, part: Record<string, unknown>): boolean =>
  Object.entries(part).every(([path, value]) => JSON.stringify(whole[path]) === JSON.stringify(value))
