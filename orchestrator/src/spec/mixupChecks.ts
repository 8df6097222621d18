// What does not go with samples that are blended in pairs, where somebody sees them.
import { objectiveFacts } from '@retort/schema/definitions/objectives'
import type { Student, Teacher } from '@retort/schema/experiment'
import { type Path, showPath, showValue } from '../errors/problem.ts'
import type { Axis } from './axes.ts'
import type { Model } from './checks.ts'
import { objectiveAxis, objectiveSchema, objectivesOf } from './objectives.ts'
import { fill, isRecord } from './schema.ts'
import type { Violation } from './validate.ts'
import { listOf, violation, type Written } from './written.ts'

/** Its place among the steps, classes left out, and objectives that read a sample's class. */
export function checkMixup({ value, fits }: Written, all: Model[], axes: Axis[]): Violation[] {
  const augmentation = isRecord(value.dataset) && fits(['dataset']) ? value.dataset.augmentation : undefined
  if (!isRecord(augmentation)) return []
  const steps = listOf(augmentation.steps).filter(isRecord)
  if (steps.every(({ type }) => type !== 'mixup')) return []
  const students = augmentation.for !== 'teachers'
  const seenBy = all.filter(({ kind }) => kind === 'teachers' || students)
  return [
    ...checkOrder(steps),
    ...checkOmitted(value, seenBy, students ? axes.find(({ path }) => path === 'training.omitClasses') : undefined),
    ...(students && isTaught(value) && fits([objectiveAxis]) ? checkObjectives(value, axes) : []),
  ]
}

function checkOrder(steps: Record<string, unknown>[]): Violation[] {
  return steps.slice(0, -1).flatMap(({ type }, index) => {
    if (type !== 'mixup') return []
    const path = ['dataset', 'augmentation', 'steps', index]
    return [violation(path, '"mixup" once, as the last step', `"mixup" before ${showValue(steps[index + 1]!.type)}`)]
  })
}

/** A teacher's logits of a view are those that every student reads: none may have other partners than the others. */
function checkOmitted(value: Written['value'], seenBy: Model[], axis: Axis | undefined): Violation[] {
  const lists = new Map<string, { path: Path; list: unknown }>()
  for (const { kind, index, resolved } of seenBy) {
    // The axis replaces what the students have.
    if (kind === 'students' && axis !== undefined) continue
    const own = (listOf(value[kind])[index] as Teacher | Student).training?.omitClasses
    const path = [...(own === undefined ? [] : [kind, index]), 'training', 'omitClasses']
    lists.set(showPath(path), { path, list: resolved.training.omitClasses })
  }
  for (const [index, list] of (axis?.values ?? []).entries()) {
    const path = ['sweep', 'training.omitClasses', 'values', index]
    lists.set(showPath(path), { path, list })
  }
  return [...lists.values()].flatMap(({ path, list }) =>
    listOf(list).length === 0
      ? []
      : [violation(path, '[] beside "mixup", which blends samples of all classes', showValue(list))],
  )
}

/** Whether anybody teaches a student. */
function isTaught({ pairs = 'all', teachers }: Written['value']): boolean {
  return listOf(pairs === 'all' ? teachers : pairs).length > 0
}

function checkObjectives(value: Written['value'], axes: Axis[]): Violation[] {
  const own = fill(objectiveSchema, value[objectiveAxis]) as Parameters<typeof objectivesOf>[0]
  const expected = 'an objective that reads no class beside "mixup", where each sample has two'
  return objectivesOf(own, axes).flatMap(({ terms, paths }) =>
    terms.flatMap(({ type }, index) =>
      objectiveFacts(type).readsClasses ? [violation([...paths[index]!, 'type'], expected, showValue(type))] : [],
    ),
  )
}
