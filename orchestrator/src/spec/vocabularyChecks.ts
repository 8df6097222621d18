// Whether objectives allow teachers that read a text by tokenizers of their own; and what is wrong with how they do.
import { objectiveFacts, objectives } from '@retort/schema/definitions/objectives'
import { alternatives, type Path, type Problem, showValue } from '../errors/problem.ts'
import { axesOf } from './axes.ts'
import type { PlacedArchitecture } from './inspect.ts'
import { mastersOf } from './lines.ts'
import { objectivesOf } from './objectives.ts'
import type { ReadExperiment } from './read.ts'

/** A teacher with a tokenizer of its own. */
export interface InspectedReader {
  placed: PlacedArchitecture
  /** How its tokens differ from those of its students, in words. */
  differences: string[]
}

export function vocabularyProblems({ experiment, problem }: ReadExperiment, readers: InspectedReader[]): Problem[] {
  const same = readers.filter(({ differences }) => differences.length === 0)
  const others = readers.filter(({ differences }) => differences.length > 0)
  const found = same.map(({ placed }) => {
    const expected = 'tokens that differ from the data set’s, which a teacher reads without it'
    return problem(placeOf(placed), { expected, found: 'the same', message: `expected ${expected}, got the same` })
  })
  const allowed = objectives.filter((each) => each.acrossVocabularies).map(({ type }) => showValue(type))
  const masters = new Set(experiment.students.flatMap(({ id }) => mastersOf(experiment, id).map((master) => master.id)))
  const teaching = others.filter(({ placed }) => masters.has(placed.model))
  for (const { terms, paths } of objectivesOf(experiment.objective, axesOf(experiment.sweep))) {
    for (const [index, { type }] of terms.entries()) {
      if (objectiveFacts(type).acrossVocabularies) continue
      for (const { placed, differences } of teaching) {
        const name = showValue(placed.model)
        const expected = `${alternatives(allowed)}, which compares none by name`
        const message =
          `expected ${expected}, for teacher ${name}, whose tokens are not its students’; got ${showValue(type)}. ` +
          `The tokenizers (${name} there, the data set’s here): ${differences.join('; ')}`
        found.push(problem([...paths[index]!, 'type'], { expected, found: showValue(type), message }))
      }
    }
  }
  return found
}

/**
 * What is wrong with the text as a teacher reads it, where it is written.
 * @param inspected its path is relative to the teacher's data set
 */
export function readerProblem(
  { problem }: ReadExperiment,
  placed: PlacedArchitecture,
  inspected: { problem: string; path: string[] },
): Problem {
  const [part, ...rest] = inspected.path
  const own = part === 'length' ? [...placed.path.slice(0, 2), part] : placeOf(placed)
  const place = part === 'of' ? ['dataset', ...rest] : [...own, ...(part === 'tokenizer' ? rest : [])]
  const message = `${showValue(placed.model)} reads it by a tokenizer of its own: ${inspected.problem}`
  return problem(place, { expected: 'a text that the teacher can read', found: showValue(placed.model), message })
}

const placeOf = ({ path }: PlacedArchitecture): Path => [...path.slice(0, 2), 'tokenizer']
