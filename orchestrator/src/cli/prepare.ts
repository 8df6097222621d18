// From a file to a plan whose models are known to fit the data.
import type { Inspected, InspectedTokens, InspectRequest, InspectResult } from '@retort/schema/questions'
import { InputError, type Problem } from '../errors/problem.ts'
import type { Ask } from '../executor/ask.ts'
import { makePlan } from '../plan/makePlan.ts'
import type { Plan } from '../plan/plan.ts'
import { objectiveClassProblems, omittedClassProblems } from '../spec/classChecks.ts'
import { featureProblems } from '../spec/featureShapes.ts'
import { sameGivenProblems } from '../spec/given/checks.ts'
import { architecturesOf, inspectProblem, inspectWarning, type PlacedArchitecture } from '../spec/inspect.ts'
import { type ReadExperiment, readExperiment } from '../spec/read.ts'
import { studentsDataset, teachersDataset } from '../spec/studentsDataset.ts'
import { tooFewSamples } from '../spec/tooFewSamples.ts'
import { type InspectedReader, readerProblem, vocabularyProblems } from '../spec/vocabularyChecks.ts'

type InspectedDataset = Extract<InspectResult['dataset'], { classes: number }>

/** A teacher's own tokens, and the windows in which it reads them. */
export type OwnTokens = InspectedTokens & { length: number; classes: number }

export interface Prepared {
  read: ReadExperiment
  plan: Plan
  dataset: InspectedDataset
  models: ({ placed: PlacedArchitecture; tokens: OwnTokens | null } & Exclude<Inspected, { problem: string }>)[]
  /** What most likely is not what was meant. */
  warnings: Problem[]
}

interface Preparing {
  /** Where token ids of texts are kept. */
  keeping?: InspectRequest['keeping']
  /** Refuses what is only warned of else. */
  strict?: boolean | undefined
}

/** @throws InputError with every problem of the file, of its dataset, and of models that do not fit the data or each other */
export async function prepare(file: string, ask: Ask, options: Preparing = {}): Promise<Prepared> {
  const { keeping, strict = false } = options
  const read = readExperiment(file)
  const placed = architecturesOf(read)
  const shared = placed.filter(({ reader }) => reader === null)
  const architectures = shared.map(({ architecture }) => architecture)
  const inspected = await ask({
    task: 'inspect',
    dataset: read.experiment.dataset,
    architectures,
    ...(keeping && { keeping }),
  })
  const { dataset } = inspected
  if ('problem' in dataset) throw new InputError([inspectProblem(read, 'dataset', dataset)])
  const found = new Map<PlacedArchitecture, Inspected & { tokens: OwnTokens | null }>(
    shared.map((each, index) => [each, { ...inspected.models[index]!, tokens: null }]),
  )
  const readers = await inspectReaders(read, placed, ask, keeping)
  for (const [each, { tokens, model }] of readers.found) found.set(each, { tokens, ...model })
  const ofModels = placed.flatMap((each) => {
    const model = found.get(each)
    return model !== undefined && 'problem' in model ? [inspectProblem(read, each, model)] : []
  })
  const ofReaders: InspectedReader[] = [...readers.found].map(([placed, { tokens }]) => ({ placed, ...tokens }))
  const ofClasses = [omittedClassProblems, objectiveClassProblems].flatMap((check) => check(read, dataset.classes))
  // Classes that there are not leave nothing out.
  if (ofClasses.length === 0) ofClasses.push(...tooFewSamples(read, dataset))
  const problems = [...ofModels, ...readers.problems, ...vocabularyProblems(read, ofReaders), ...ofClasses]
  if (problems.length > 0) throw new InputError(problems)
  const models = placed.flatMap((each) => {
    const model = found.get(each)
    return model === undefined || 'problem' in model ? [] : [{ placed: each, ...model }]
  })
  const { convention } = read.experiment
  if (convention.type === 'takd' && convention.classes !== dataset.classes) {
    const [expected, found] = [`the data's ${dataset.classes} classes`, String(convention.classes)]
    const what = { expected, found, message: `expected ${expected}, got ${found}` }
    throw new InputError([read.problem(['convention', 'classes'], what)])
  }
  const settled = readWith(read, dataset.contents, models)
  const late = [...featureProblems(read, models), ...sameGivenProblems(read, settled.experiment)]
  if (late.length > 0) throw new InputError(late)
  const notes = [...(dataset.notes ?? []), ...readers.notes]
  const warnings = [
    ...dataset.warnings.map((warning) => inspectWarning(read, 'dataset', warning)),
    ...models.flatMap(({ placed, warnings = [] }) => warnings.map((warning) => inspectWarning(read, placed, warning))),
  ]
  if (strict && warnings.length > 0) throw new InputError(warnings)
  return {
    read,
    warnings,
    plan: makePlan(settled),
    dataset: { ...dataset, ...(notes.length > 0 && { notes }) },
    models,
  }
}

/** The experiment over what its data's and teachers' files hold now, by which its trials are known. */
function readWith(read: ReadExperiment, sha256: string, models: Prepared['models']): ReadExperiment {
  const { experiment } = read
  const dataset = { ...experiment.dataset, sha256 }
  const settledOf = (id: string) => models.find(({ placed }) => placed.path[0] === 'teachers' && placed.model === id)
  const teachers = experiment.teachers.map((teacher) =>
    'given' in teacher
      ? { ...teacher, given: { ...teacher.given, ...settledOf(teacher.id)?.settled } as typeof teacher.given }
      : teacher,
  )
  return { ...read, experiment: { ...experiment, dataset, teachers } }
}

/** Teachers that read the text by tokenizers of their own. */
async function inspectReaders(
  read: ReadExperiment,
  placed: PlacedArchitecture[],
  ask: Ask,
  keeping?: InspectRequest['keeping'],
) {
  const found = new Map<PlacedArchitecture, { tokens: OwnTokens; model: Inspected }>()
  const problems: Problem[] = []
  const notes: string[] = []
  for (const each of placed) {
    if (each.reader === null) continue
    const own = teachersDataset(studentsDataset(read.experiment.dataset), each.reader)
    const architectures = [each.architecture]
    const { dataset, models } = await ask({ task: 'inspect', dataset: own, architectures, ...(keeping && { keeping }) })
    if ('problem' in dataset) problems.push(readerProblem(read, each, dataset))
    else {
      const { inputShape, classes, retokenized } = dataset
      notes.push(...(dataset.notes ?? []))
      found.set(each, { tokens: { ...retokenized!, length: inputShape[0]!, classes }, model: models[0]! })
    }
  }
  return { found, problems, notes }
}
