// From a file to a plan whose models are known to fit the data.
import type { Inspected, InspectRequest, InspectResult } from '@retort/schema/trial'
import { InputError } from '../errors/problem.ts'
import type { Pool } from '../executor/pool.ts'
import { makePlan } from '../plan/makePlan.ts'
import type { Plan } from '../plan/plan.ts'
import { omittedClassProblems, topClassProblems } from '../spec/classChecks.ts'
import { featureProblems } from '../spec/featureShapes.ts'
import { architecturesOf, inspectProblem, type PlacedArchitecture } from '../spec/inspect.ts'
import { type ReadExperiment, readExperiment } from '../spec/read.ts'

export interface Prepared {
  read: ReadExperiment
  plan: Plan
  dataset: Extract<InspectResult['dataset'], { classes: number }>
  models: ({ placed: PlacedArchitecture } & Exclude<Inspected, { problem: string }>)[]
}

/**
 * @param keeping where token ids of texts are kept
 * @throws InputError with every problem of the file, of its dataset, and of models that do not fit the data or each other
 */
export async function prepare(file: string, ask: Pool['ask'], keeping?: InspectRequest['keeping']): Promise<Prepared> {
  const read = readExperiment(file)
  const placed = architecturesOf(read)
  const architectures = placed.map(({ architecture }) => architecture)
  const inspected = await ask({
    task: 'inspect',
    dataset: read.experiment.dataset,
    architectures,
    ...(keeping && { keeping }),
  })
  const { dataset } = inspected
  if ('problem' in dataset) throw new InputError([inspectProblem(read, 'dataset', dataset)])
  const ofModels = inspected.models.flatMap((model, index) =>
    'problem' in model ? [inspectProblem(read, placed[index]!, model)] : [],
  )
  const ofClasses = [omittedClassProblems, topClassProblems].flatMap((check) => check(read, dataset.classes))
  const problems = [...ofModels, ...ofClasses]
  if (problems.length > 0) throw new InputError(problems)
  const models = inspected.models.flatMap((model, index) =>
    'problem' in model ? [] : [{ placed: placed[index]!, ...model }],
  )
  const { convention } = read.experiment
  if (convention.type === 'takd' && convention.classes !== dataset.classes) {
    const [expected, found] = [`the data's ${dataset.classes} classes`, String(convention.classes)]
    const what = { expected, found, message: `expected ${expected}, got ${found}` }
    throw new InputError([read.problem(['convention', 'classes'], what)])
  }
  const ofFeatures = featureProblems(read, models)
  if (ofFeatures.length > 0) throw new InputError(ofFeatures)
  return { read, plan: makePlan(read), dataset, models }
}
