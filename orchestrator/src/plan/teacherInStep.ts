// Which teacher runs in its student's step: that of objectives on features. The others are known by their logits.

import type { ResolvedArchitecture } from '@retort/schema/trial'
import type { TrialId } from '@retort/schema/trialId'
import { layerPairsOf } from '../spec/objectives.ts'
import type { PlannedTrial } from './plan.ts'

/** The teacher's architecture; null where none runs in the step. */
export function teacherInStep(
  { config, teacherTrial }: Pick<PlannedTrial, 'config' | 'teacherTrial'>,
  trials: ReadonlyMap<TrialId, PlannedTrial>,
): ResolvedArchitecture | null {
  if (teacherTrial === null || layerPairsOf(config.distillation?.objective ?? []).length === 0) return null
  const teacher = trials.get(teacherTrial)!.config
  if (teacher.role === 'given') throw new Error(`teacher trial ${teacherTrial} is known by its logits alone`)
  return teacher.architecture
}
