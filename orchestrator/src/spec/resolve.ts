// From an experiment as it is written to one with nothing left open: defaults, merged training, absolute paths.
import { dirname, resolve as resolvePath } from 'node:path'
import type {
  Architecture,
  Dataset,
  Experiment,
  Student,
  Teacher,
  Training,
  TrainingOverride,
} from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import type { ResolvedKeras } from '@retort/schema/topology'
import { translated } from './conventions.ts'
import type { modelFiles } from './keras/read.ts'
import { definition, experimentSchema, fill } from './schema.ts'

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

export function resolveModel<Model extends Teacher | Student>(
  definitionName: 'Teacher' | 'Student',
  model: Model,
  training: Training | undefined,
  readModel: ReadModelFile,
): Resolved<Model> {
  const { training: override, ...rest } = model
  const filled = fill(definition(definitionName), rest) as Resolved<Model>
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
 * @param readModel gives what is in the files that architectures name, which have been checked
 */
export function resolveExperiment(
  experiment: Experiment,
  file: string,
  readModel: ReadModelFile,
): Resolved<Experiment> {
  const { $schema: _, teachers = [], students, ...rest } = experiment
  const filled = fill(experimentSchema, { ...rest, teachers: [], students: [] }) as Resolved<Experiment>
  return {
    ...filled,
    ...translated(filled),
    dataset: resolveDataset(filled.dataset, dirname(file)),
    teachers: teachers.map((teacher) => resolveModel('Teacher', teacher, rest.training, readModel)),
    students: students.map((student) => resolveModel('Student', student, rest.training, readModel)),
  }
}

/** The settings of each data set that are paths where they are text. */
const paths: { [Type in Dataset['type']]: (keyof Extract<Dataset, { type: Type }>)[] } = {
  mnist: [],
  idx: ['trainImages', 'trainLabels', 'testImages', 'testLabels'],
  'cifar-10': ['folder'],
  'cifar-100': ['folder'],
  csv: ['train', 'test'],
  npy: ['trainInputs', 'trainLabels', 'testInputs', 'testLabels'],
  npz: ['file'],
  'image-folder': ['folder'],
}

function resolveDataset(dataset: Resolved<Dataset>, folder: string): Resolved<Dataset> {
  const settings = Object.entries(dataset).map(([key, value]) => {
    const isPath = (paths[dataset.type] as string[]).includes(key) && typeof value === 'string'
    return [key, isPath ? resolvePath(folder, value) : value]
  })
  return Object.fromEntries(settings) as Resolved<Dataset>
}

/** The ids of the teachers that teach a student, in the file's order. */
export function teachersOf({ pairs, teachers }: Pick<Resolved<Experiment>, 'pairs' | 'teachers'>, student: string) {
  const ids = teachers.map(({ id }) => id)
  if (pairs === 'all') return ids
  const wanted = new Set(pairs.filter((pair) => pair.student === student).map((pair) => pair.teacher))
  return ids.filter((id) => wanted.has(id))
}
