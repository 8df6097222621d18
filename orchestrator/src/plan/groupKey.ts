// Which trials can train as one group: those that compile to the same step on the same data, for as many steps.

import type { TrialConfig } from '@retort/schema/trial'
import { layerPairsOf, withoutWeights } from '../spec/objectives.ts'
import type { PlannedTrial } from './plan.ts'

type Trial = Pick<PlannedTrial, 'config'>

/**
 * Equal for trials that differ in nothing but seed, temperature, loss weights, learning rate and schedule; null for
 * teachers, of which there is one of a kind.
 */
export function kindOf({ config }: Trial): string | null {
  if (config.role !== 'student') return null
  const { architecture, dataset, training, distillation } = config
  const { epochs, batchSize, omitClasses, correctBias, outOfMemory, keep, optimizer, labelLoss } = training
  const { learningRate: _, ...settings } = optimizer
  const lessons = [epochs, batchSize, omitClasses, correctBias, outOfMemory, keep, labelLoss]
  return JSON.stringify([architecture, dataset, lessons, settings, teachingOf(distillation)])
}

/**
 * Equal for trials that train together: those of a kind; where a teacher runs in their step those of one seed. They see
 * the same batches, so it runs once for all of them; for one that runs on each member's batch a group does not pay.
 */
export function groupKey(trial: Trial): string | null {
  const kind = kindOf(trial)
  const { distillation, seed } = trial.config
  return kind !== null && layerPairsOf(distillation?.objective ?? []).length > 0 ? `${kind} ${seed}` : kind
}

const teachingOf = (distillation: TrialConfig['distillation']) =>
  distillation && [distillation.teacher, withoutWeights(distillation.objective)]
