// From an experiment as it is written to one with nothing left open: defaults, merged training, absolute paths.

import { dirname, resolve as resolvePath } from 'node:path'
import { datasetFacts } from '@retort/schema/definitions/datasets'
import type {
  Architecture,
  Dataset,
  Experiment,
  Student,
  Teacher,
  Training,
  TrainingOverride,
} from '@retort/schema/experiment'
import type { Resolved, TrainedTeacher } from '@retort/schema/resolved'
import type { ResolvedKeras } from '@retort/schema/topology'
import { translated } from './conventions.ts'
import type { givenTeachers } from './given/read.ts'
import type { modelFiles } from './keras/read.ts'
import { definition, experimentSchema, fill } from './schema.ts'
import type { tokenizerFiles } from './tokenizerFiles.ts'

/**
 * What a model trains with: the file's training where the model does not say otherwise. A setting replaces the
 * file's; an optimizer or schedule of another type replaces the whole of it.
 */
export function resolveTraining(
  file: Training | undefined,
  override: TrainingOverride | undefined,
): Resolved<Training> {
  const base = fill(definition('Training'), file ?? {}) as Resolved<Training>
  const merged = {
    ...base,
    ...override,
    optimizer: replaceParts(base.optimizer, override?.optimizer),
    schedule: replaceParts(base.schedule, override?.schedule),
  }
  return fill(definition('Training'), merged) as Resolved<Training>
}

/** Of the base's type, the settings given go over the base's; of another type, only they count. */
export function replaceParts(base: { type: string }, parts: { type?: string } | undefined): { type?: string } {
  return parts?.type === undefined || parts.type === base.type ? { ...base, ...parts } : parts
}

export type ReadModelFile = ReturnType<typeof modelFiles>

export type ReadGivenTeacher = ReturnType<typeof givenTeachers>

export type ReadTokenizerFile = ReturnType<typeof tokenizerFiles>

/** What reads the files that the experiment names, which have been checked. */
export interface Files {
  readModel: ReadModelFile
  readGiven: ReadGivenTeacher
  readTokenizer: ReadTokenizerFile
}

export function resolveStudent(student: Student, training: Training | undefined, files: Files): Resolved<Student> {
  return resolveTrained('Student', student, training, files) as Resolved<Student>
}

/** A teacher that is trained here, or one that is not. */
export function resolveTeacher(teacher: Teacher, training: Training | undefined, files: Files): Resolved<Teacher> {
  const { tokenizer, length = null, ...rest } = teacher
  const reader = tokenizer === undefined ? null : { tokenizer: resolveTokenizer(tokenizer, files), length }
  if (isTrained(rest)) return { ...(resolveTrained('Teacher', rest, training, files) as TrainedTeacher), reader }
  const read = files.readGiven(teacher)
  if (!('resolved' in read)) throw new Error(`the files of ${teacher.id} were to be checked before`)
  return { id: teacher.id, given: read.resolved, reader }
}

type Trained<Model> = Model & { architecture: Architecture }

export const isTrained = (teacher: Teacher): teacher is Trained<Teacher> => teacher.architecture !== undefined

function resolveTrained(
  definitionName: 'Teacher' | 'Student',
  model: Trained<Teacher> | Student,
  training: Training | undefined,
  { readModel }: Files,
): TrainedTeacher | Resolved<Student> {
  const { training: override, ...rest } = model
  const filled = fill(definition(definitionName), rest) as TrainedTeacher | Resolved<Student>
  const architecture = resolveArchitecture(rest.architecture, readModel) ?? filled.architecture
  return { ...filled, architecture, training: resolveTraining(training, override) }
}

/** What a file says, in the place of its name; undefined for an architecture without one. */
function resolveArchitecture(architecture: Architecture, readModel: ReadModelFile): ResolvedKeras | undefined {
  if (architecture.type !== 'keras') return undefined
  const read = readModel(architecture.file)
  if (!('resolved' in read)) throw new Error(`${architecture.file} was to be checked before`)
  return read.resolved
}

/**
 * @param experiment valid against the schema
 * @param file where it was read from; a dataset's paths are relative to it
 */
export function resolveExperiment(experiment: Experiment, file: string, files: Files): Resolved<Experiment> {
  const { $schema: _, teachers = [], students, ...rest } = experiment
  const filled = fill(experimentSchema, { ...rest, teachers: [], students: [] }) as Resolved<Experiment>
  return {
    ...filled,
    ...translated(filled),
    dataset: resolveDataset(filled.dataset, dirname(file), files),
    teachers: teachers.map((teacher) => resolveTeacher(teacher, rest.training, files)),
    students: students.map((student) => resolveStudent(student, rest.training, files)),
  }
}

function resolveDataset(dataset: Resolved<Dataset>, folder: string, files: Files): Resolved<Dataset> {
  const { paths } = datasetFacts(dataset.type)
  const settings = Object.entries(dataset).map(([key, value]) => {
    const isPath = paths.includes(key) && typeof value === 'string'
    return [key, isPath ? resolvePath(folder, value) : value]
  })
  const resolved = Object.fromEntries(settings) as Resolved<Dataset>
  if (!('tokenizer' in dataset)) return resolved
  return { ...resolved, tokenizer: resolveTokenizer(dataset.tokenizer, files) } as Resolved<Dataset>
}

type Tokenizer = NonNullable<Teacher['tokenizer']>

function resolveTokenizer(tokenizer: Tokenizer, { readTokenizer }: Files): Resolved<Tokenizer> {
  const filled = fill(schemaOfTokenizers, tokenizer) as Resolved<Tokenizer>
  if (filled.type !== 'file') return filled
  const read = readTokenizer(filled.file)
  if ('missing' in read) throw new Error(`${filled.file} was to be checked before`)
  return { ...filled, file: read.path, sha256: read.sha256 }
}

/** Of characters, words and files. */
const schemaOfTokenizers = definition('Teacher').properties!.tokenizer!
