// What can be checked only when the data's classes are known.
import { datasetFacts } from '@retort/schema/definitions/datasets'
import { objectiveFacts } from '@retort/schema/definitions/objectives'
import type { Path, Problem } from '../errors/problem.ts'
import { axesOf } from './axes.ts'
import { objectivesOf } from './objectives.ts'
import type { ReadExperiment } from './read.ts'

/**
 * Classes to leave out, or of published figures, that the data does not have, each at its place; and any to leave out
 * where each position of a sample has a class of its own.
 */
export function omittedClassProblems({ source, experiment, problem }: ReadExperiment, classes: number): Problem[] {
  const { training, teachers = [], students, sweep = {} } = source
  const lists: { path: Path; list: unknown }[] = [{ path: ['training'], list: training?.omitClasses }]
  for (const [kind, models] of Object.entries({ teachers, students })) {
    for (const [index, model] of models.entries()) {
      lists.push({ path: [kind, index, 'training'], list: model.training?.omitClasses })
    }
  }
  const axis = sweep['training.omitClasses']
  const written = lists.map(({ path, list }) => ({ path: [...path, 'omitClasses'], list }))
  for (const [index, list] of (axis?.values ?? []).entries()) {
    written.push({ path: ['sweep', 'training.omitClasses', 'values', index], list })
  }
  const ofPositions = datasetFacts(experiment.dataset.type).classesOf === 'positions'
  const refused = ofPositions ? written.filter(({ list }) => Array.isArray(list) && list.length > 0) : []
  const omitted = written.flatMap(({ path, list }) =>
    Array.isArray(list) && !ofPositions ? list.map((of: unknown, place) => ({ path: [...path, place], of })) : [],
  )
  const published = (source.published ?? []).map(({ class: of }, index) => ({
    path: ['published', index, 'class'],
    of,
  }))
  const none = '[], as each position of a sample has a class of its own'
  const one = `a class of the data, from 0 to ${classes - 1}`
  const told = (path: Path, expected: string, found: string) =>
    problem(path, { expected, found, message: `expected ${expected}, got ${found}` })
  return [
    ...refused.map(({ path, list }) => told(path, none, JSON.stringify(list))),
    ...[...omitted, ...published].flatMap(({ path, of }) =>
      typeof of !== 'number' || of < classes ? [] : [told(path, one, String(of))],
    ),
  ]
}

/** Settings of objectives that do not go with so many classes. */
export function objectiveClassProblems({ experiment, problem }: ReadExperiment, classes: number): Problem[] {
  return objectivesOf(experiment.objective, axesOf(experiment.sweep)).flatMap(({ terms, paths }) =>
    terms.flatMap((term, index) => {
      const wrong = objectiveFacts(term.type).classProblem?.(term, classes)
      if (wrong === undefined) return []
      const [path, expected, found] = [[...paths[index]!, wrong.setting], wrong.expected, String(wrong.found)]
      return [problem(path, { expected, found, message: `expected ${expected}, got ${found}` })]
    }),
  )
}
