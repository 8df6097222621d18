// Whether the layers that objectives name exist, and whether what they give can be compared: asked of models that are
// built, before anything trains.
import type { LayerShape } from '@retort/schema/definitions/objective'
import { objectiveFacts } from '@retort/schema/definitions/objectives'
import { nearest } from '../errors/nearest.ts'
import { alternatives, type Path, type Problem, showValue } from '../errors/problem.ts'
import { axesOf } from './axes.ts'
import type { PlacedArchitecture } from './inspect.ts'
import { mastersOf } from './lines.ts'
import { objectivesOf } from './objectives.ts'
import type { ReadExperiment } from './read.ts'

/** A model with the shapes of what its layers give; null for a teacher that is known by its logits alone. */
export interface Built {
  placed: PlacedArchitecture
  layers: Record<string, LayerShape> | null
}

export function featureProblems(read: ReadExperiment, models: Built[]): Problem[] {
  const { experiment } = read
  const students = models.filter(({ placed }) => placed.path[0] === 'students')
  const found = new Map<string, Problem>()
  const tell = (path: Path, what: { expected: string; found: string; message: string; suggestion?: string }) => {
    const problem = read.problem(path, what)
    found.set(`${problem.path} ${problem.message}`, problem)
  }

  /** The layer's shape; a problem of its name where there is no such layer. */
  function shapeOf({ placed, layers }: Built, name: string, path: Path): LayerShape | undefined {
    if (layers === null) {
      const expected = 'a teacher that trains here'
      const message = `its layers are compared in the student's step: expected ${expected}, got ${showValue(placed.model)}, which is known by its logits alone`
      tell(path, { expected, found: showValue(placed.model), message })
      return undefined
    }
    if (Object.hasOwn(layers, name)) return layers[name]
    const names = Object.keys(layers).map(showValue)
    const expected = `a layer of ${showValue(placed.model)}: ${alternatives(names)}`
    const suggestion = nearest(name, Object.keys(layers))
    const message = `${showValue(placed.model)} has no layer ${showValue(name)}; it has ${names.join(', ')}`
    tell(path, { expected, found: showValue(name), message, ...(suggestion === undefined ? {} : { suggestion }) })
    return undefined
  }

  for (const { terms, paths } of objectivesOf(experiment.objective, axesOf(experiment.sweep))) {
    for (const [index, term] of terms.entries()) {
      if (!('layers' in term)) continue
      for (const [place, pair] of term.layers.entries()) {
        const path = [...paths[index]!, 'layers', place]
        for (const student of students) {
          const taught = mastersOf(experiment, student.placed.model).map(({ id }) => id)
          if (taught.length === 0) continue
          const ours = shapeOf(student, pair.student, [...path, 'student'])
          for (const teacher of models.filter(({ placed }) => taught.includes(placed.model))) {
            const theirs = shapeOf(teacher, pair.teacher, [...path, 'teacher'])
            const expected = ours && theirs && objectiveFacts(term.type).layersNeed?.(ours, theirs)
            if (expected === undefined) continue
            const sizes = `${shown(student, pair.student)} and ${shown(teacher, pair.teacher)}`
            tell(path, { expected, found: sizes, message: `${term.type}: expected ${expected}, got ${sizes}` })
          }
        }
      }
    }
  }
  return [...found.values()]
}

/** Such as 14 x 14 x 8 of "conv1" in "tiny". */
const shown = ({ placed, layers }: Built, name: string): string =>
  `${layers![name]!.map((side) => side ?? 'any').join(' x ')} of ${showValue(name)} in ${showValue(placed.model)}`
