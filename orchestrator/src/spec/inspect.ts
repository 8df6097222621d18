// The models of an experiment as the trial's inspect task takes them, and its problems as problems of the file.
import type { Warning } from '@retort/schema/questions'
import type { GivenTeacher, Reader } from '@retort/schema/resolved'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { type Path, type Problem, showValue } from '../errors/problem.ts'
import { axesOf, variantsOf } from './axes.ts'
import type { ReadExperiment } from './read.ts'
import { isRecord } from './schema.ts'
import { parseSource, readText } from './source.ts'

export interface PlacedArchitecture {
  architecture: ResolvedArchitecture | GivenTeacher['given']
  /** The teacher's or student's id. */
  model: string
  /** Where the model stands in the file. */
  path: Path
  /** Values of the axes that shaped it, by path. */
  axes: Record<string, unknown>
  /** Of a teacher with a tokenizer of its own. */
  reader: Reader | null
}

/** Every model of the experiment: teachers, and students at every point of the axes that shape them. */
export function architecturesOf({ experiment }: Pick<ReadExperiment, 'experiment'>): PlacedArchitecture[] {
  const shaping = axesOf(experiment.sweep).filter(({ segments }) => segments[0] === 'architecture')
  const teachers = experiment.teachers.map((teacher, index): PlacedArchitecture => {
    const path = ['teachers', index, 'given' in teacher ? teacher.given.type : 'architecture']
    return {
      architecture: 'given' in teacher ? teacher.given : teacher.architecture,
      model: teacher.id,
      path,
      axes: {},
      reader: teacher.reader,
    }
  })
  const students = experiment.students.flatMap((student, index) =>
    [...variantsOf(student, shaping)].map(({ architecture, axes }): PlacedArchitecture => {
      return { architecture, model: student.id, path: ['students', index, 'architecture'], axes, reader: null }
    }),
  )
  return [...teachers, ...students]
}

/**
 * What the inspect task says of a part of the file, as a problem of the file.
 * @param part a placed architecture, or the dataset
 * @param inspected the problem; its path is relative to the part
 */
export function inspectProblem(
  read: ReadExperiment,
  part: PlacedArchitecture | 'dataset',
  inspected: { problem: string; path: string[]; within?: Path },
): Problem {
  const given = part === 'dataset' ? undefined : part.architecture
  if (inspected.within !== undefined && given?.type === 'tfjs') {
    const what = { expected: 'the weights of the model', found: 'others', message: inspected.problem }
    return parseSource(given.path, readText(given.path)).problem(inspected.within, what)
  }
  const whole = part === 'dataset' ? read.experiment.dataset : part.architecture
  let value: unknown = whole
  const path = inspected.path.map((name) => {
    const key = Array.isArray(value) ? Number(name) : name
    value = isRecord(value) || Array.isArray(value) ? (value as Record<string | number, unknown>)[key] : undefined
    return key
  })
  const expected = part === 'dataset' ? 'a dataset that can be used' : 'a model that fits the data'
  const place = part === 'dataset' ? ['dataset', ...path] : placeOf(read, part, path)
  return read.problem(place, { expected, found: showValue(value), message: inspected.problem })
}

/** What the inspect task warns of in a part of the file, at its place. */
export const inspectWarning = (
  read: ReadExperiment,
  part: PlacedArchitecture | 'dataset',
  { message, path }: Warning,
): Problem => inspectProblem(read, part, { problem: message, path })

/** A part of an architecture in the file: in the value of the axis that set it, else in the model itself. */
function placeOf({ experiment }: ReadExperiment, { axes, path }: PlacedArchitecture, inside: Path): Path {
  const full = [...path.slice(2), ...inside]
  for (const { path: name, segments, values } of axesOf(experiment.sweep)) {
    if (!Object.hasOwn(axes, name) || !segments.every((segment, index) => segment === String(full[index]))) continue
    return ['sweep', name, 'values', values.indexOf(axes[name]), ...full.slice(segments.length)]
  }
  return [...path, ...inside]
}
