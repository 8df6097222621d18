// What a trial waits for.
import type { TrialId } from '@retort/schema/trial'
import type { PlannedTrial } from './plan.ts'

/** The trials whose logits it reads: they have to be there before it starts. */
export function needsOf({ teacherTrial }: Pick<PlannedTrial, 'config' | 'teacherTrial'>): TrialId[] {
  return teacherTrial === null ? [] : [teacherTrial]
}
