// Which training steps take as long as each other on an engine: those that compute the same on the same machine.
import { hash } from 'node:crypto'
import type { TimeStepRequest } from '@retort/schema/questions'
import { canonical } from '../spec/canonical.ts'
import { withoutWeights } from '../spec/objectives.ts'
import { augmentationOf } from '../spec/studentsDataset.ts'
import { canonicalArchitecture } from './identity.ts'

export type Step = Omit<TimeStepRequest, 'task' | 'placement'>

/** SHA-256 of all that a step's time depends on but the engine: neither its numbers nor what its data hold. */
export function stepKey({ config, samples, teacher, teacherClasses }: Step, machine: string): string {
  const { batchSize, optimizer, labelLoss } = config.training
  const { learningRate: _, ...settings } = optimizer
  const parts = {
    machine,
    samples,
    augmentation: augmentationOf(config.dataset),
    architecture: canonicalArchitecture(config.architecture),
    batchSize,
    optimizer: settings,
    labelLoss,
    objective: config.distillation && withoutWeights(config.distillation.objective),
    teacher: teacher && canonicalArchitecture(teacher),
    teacherClasses,
  }
  return hash('sha256', canonical(parts))
}
