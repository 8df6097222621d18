// Which trials can train as one group: those that compile to the same step on the same data, for as many steps.

import type { TrialConfig } from '@retort/schema/trial'
import { withoutWeights } from '../spec/objectives.ts'
import type { PlannedTrial } from './plan.ts'

/**
 * Equal for trials that differ in nothing but seed, temperature, loss weights, learning rate and schedule; null for
 * teachers, of which there is one of a kind.
 */
export function groupKey({ config }: Pick<PlannedTrial, 'config'>): string | null {
  if (config.role !== 'student') return null
  const { architecture, dataset, training, distillation } = config
  const { epochs, batchSize, omitClasses, correctBias, outOfMemory, keep, optimizer, labelLoss } = training
  const { learningRate: _, ...settings } = optimizer
  const lessons = [epochs, batchSize, omitClasses, correctBias, outOfMemory, keep, labelLoss]
  return JSON.stringify([architecture, dataset, lessons, settings, teachingOf(distillation)])
}

const teachingOf = (distillation: TrialConfig['distillation']) =>
  distillation && [distillation.teacher, withoutWeights(distillation.objective)]
