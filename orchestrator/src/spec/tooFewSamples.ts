// What can be checked only when the data are counted: models of which no epoch has a single batch.

import type { Student } from '@retort/schema/experiment'
import type { Resolved, TrainedTeacher } from '@retort/schema/resolved'
import type { Path, Problem } from '../errors/problem.ts'
import { type Axis, axesOf, type Variant, variantsOf } from './axes.ts'
import type { ReadExperiment } from './read.ts'

interface Samples {
  trainSamples: number
  trainSamplesByClass: number[] | null
}

/** Classes to leave out that leave less than a batch, else batches larger than the data, each where it is written. */
export function tooFewSamples(read: ReadExperiment, { trainSamples, trainSamplesByClass }: Samples): Problem[] {
  const found = new Map<string, Problem>()
  for (const { place, variant } of placedVariants(read)) {
    const { batchSize, omitClasses } = variant.training
    const omitted = new Set(omitClasses)
    const left =
      trainSamplesByClass?.reduce((sum, samples, of) => sum + (omitted.has(of) ? 0 : samples), 0) ?? trainSamples
    if (left >= batchSize) continue
    const isOmitted = left < trainSamples
    const expected = isOmitted
      ? `classes that leave a batch, ${batchSize} samples, to train on`
      : `at most ${trainSamples}, the samples that are trained on`
    const got = isOmitted
      ? `${JSON.stringify(omitClasses)}, which leaves ${left} of ${trainSamples}`
      : String(batchSize)
    const path = place(isOmitted ? 'omitClasses' : 'batchSize')
    const problem = read.problem(path, { expected, found: got, message: `expected ${expected}, got ${got}` })
    found.set(`${problem.path} ${problem.message}`, problem)
  }
  return [...found.values()]
}

type Setting = 'omitClasses' | 'batchSize'

/** All that is trained on the data set's own samples, as far as the two settings go, and where each has them. */
function* placedVariants({ source, experiment }: ReadExperiment) {
  const axes = axesOf(experiment.sweep).filter(({ segments: [part, name] }) => {
    return part === 'training' && (name === 'omitClasses' || name === 'batchSize')
  })
  const models: { kind: 'teachers' | 'students'; index: number; of: TrainedTeacher | Resolved<Student> }[] = [
    // Who has tokens of its own has windows of its own, too.
    ...experiment.teachers.flatMap((of, index) =>
      'architecture' in of && of.reader === null ? [{ kind: 'teachers' as const, index, of }] : [],
    ),
    ...experiment.students.map((of, index) => ({ kind: 'students' as const, index, of })),
  ]
  for (const { kind, index, of } of models) {
    for (const variant of variantsOf(of, kind === 'teachers' ? [] : axes)) {
      const own = source[kind]![index]!.training
      const place = (setting: Setting): Path =>
        inAxis(variant, axes, setting) ??
        (own?.[setting] === undefined ? ['training', setting] : [kind, index, 'training', setting])
      yield { place, variant }
    }
  }
}

function inAxis({ axes: at }: Variant, axes: Axis[], setting: Setting): Path | undefined {
  const axis = axes.find(({ path, segments }) => segments[1] === setting && Object.hasOwn(at, path))
  return axis && ['sweep', axis.path, 'values', axis.values.indexOf(at[axis.path])]
}
