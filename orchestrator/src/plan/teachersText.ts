// What the teacher of a student reads, where its tokens are others than the student's.

import type { RetokenizedDataset } from '@retort/schema/trial'
import type { TrialId } from '@retort/schema/trialId'
import type { PlannedTrial } from './plan.ts'

export function teachersTextOf(
  { teacherTrial }: Pick<PlannedTrial, 'teacherTrial'>,
  trials: ReadonlyMap<TrialId, PlannedTrial>,
): RetokenizedDataset | null {
  const dataset = teacherTrial === null ? undefined : trials.get(teacherTrial)?.config.dataset
  return dataset?.type === 'retokenized' ? dataset : null
}
