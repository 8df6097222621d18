// Settings of transfer sets that would do nothing where they are written.
import type { Student, Teacher } from '@retort/schema/experiment'
import type { Path } from '../errors/problem.ts'
import type { Model } from './checks.ts'
import { isTrained } from './resolve.ts'
import { isRecord } from './schema.ts'
import type { Violation } from './validate.ts'
import { listOf, violation, type Written } from './written.ts'

/** A bias can be corrected for classes that are left out only. */
export function checkCorrectBias({ value }: Written, all: Model[]): Violation[] {
  const corrected = all.filter(({ resolved }) => resolved.training.correctBias)
  const omits = ({ kind, resolved }: Model) =>
    resolved.training.omitClasses.length > 0 ||
    (kind === 'students' && isRecord(value.sweep) && value.sweep['training.omitClasses'] !== undefined)
  const isOwn = ({ kind, index }: Model) =>
    (listOf(value[kind])[index] as Teacher | Student).training?.correctBias !== undefined
  const inherited = corrected.filter((model) => !isOwn(model))
  const idle: Path[] = corrected.flatMap(({ kind, index, ...model }) =>
    isOwn({ kind, index, ...model }) && !omits({ kind, index, ...model })
      ? [[kind, index, 'training', 'correctBias']]
      : [],
  )
  if (inherited.length > 0 && !inherited.some(omits)) idle.push(['training', 'correctBias'])
  return idle.map((path) =>
    violation(path, '"omitClasses" with the classes to correct', 'true where no class is left out'),
  )
}

/** Views that teachers alone train on need one that is trained. */
export function checkTeachersViews({ value, fits }: Written): Violation[] {
  if (!fits(['dataset']) || !isRecord(value.dataset)) return []
  const { augmentation } = value.dataset
  if (!isRecord(augmentation) || augmentation.for !== 'teachers') return []
  if (listOf(value.teachers).some((teacher) => isRecord(teacher) && isTrained(teacher as unknown as Teacher))) return []
  const found = '"teachers", and no teacher is trained here'
  return [violation(['dataset', 'augmentation', 'for'], '"all", or a teacher with an architecture', found)]
}
