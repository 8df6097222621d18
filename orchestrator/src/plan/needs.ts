// What a trial waits for.
import type { TrialId } from '@retort/schema/trialId'
import type { PlannedTrial } from './plan.ts'

/** The trials whose logits it reads: they have to be there before it starts. */
export function needsOf({ config, teacherTrial }: Pick<PlannedTrial, 'config' | 'teacherTrial'>): TrialId[] {
  if (teacherTrial !== null) return [teacherTrial]
  if (config.role !== 'given' || config.architecture.type !== 'ensemble') return []
  return config.architecture.of.map(({ trial }) => trial)
}
