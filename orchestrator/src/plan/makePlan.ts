// From an experiment to its plan: every trial that it asks for, each configuration once. Pure; reads no file.
import type { Experiment } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import type { Distillation, ResolvedLabelLoss, TrialConfig } from '@retort/schema/trial'
import { InputError } from '../errors/problem.ts'
import { type Axis, axesOf, type Variant, variantsOf } from '../spec/axes.ts'
import { labelLossOf } from '../spec/baselines.ts'
import { gridSize, tooManyTrials } from '../spec/grid.ts'
import { objectivesOf } from '../spec/objectives.ts'
import { teachersOf } from '../spec/resolve.ts'
import { coursesOf } from './columns.ts'
import { formula } from './formula.ts'
import {
  type CanonicalParts,
  canonical,
  canonicalArchitecture,
  canonicalParts,
  configurationOf,
  trialIdOf,
} from './identity.ts'
import type { Plan, PlannedTrial } from './plan.ts'

/**
 * Takes what `readExperiment` returns, so names and values are known to be right. Throws InputError where the grid
 * has more trials than the experiment allows, before making any.
 */
export function makePlan({ source, experiment }: { source: Experiment; experiment: Resolved<Experiment> }): Plan {
  refuseLargeGrid(experiment)
  const teachers = teacherTrials(experiment)
  const axes = axesOf(experiment.sweep)
  const lessons = lessonsOf(experiment, axes, teachers)
  const dataset = canonical(experiment.dataset)
  const trials = [...teachers.values()]
  for (const student of experiment.students) {
    const of: Of = { experiment, dataset, student: student.id }
    const taught = new Set(teachersOf(experiment, student.id))
    const own = lessons.filter(({ teacher }) => taught.has(teacher))
    const variants = Array.from(variantsOf(student, axes), (variant) => withCanonical(variant))
    const scratch = variants.map((variant) => (experiment.baselines.includes('scratch') ? alone(of, variant) : []))
    for (const [index, variant] of variants.entries()) {
      for (const baseline of experiment.baselines) {
        const labelLoss = labelLossOf(baseline)
        const replicates = labelLoss === null ? scratch[index]! : otherwise(of, variant, labelLoss, scratch[index]!)
        for (const trial of replicates) trials.push(trial)
      }
    }
    for (const [index, variant] of variants.entries()) {
      for (const lesson of own) for (const trial of distilled(of, variant, lesson, scratch[index]!)) trials.push(trial)
    }
  }
  const { name, description } = experiment
  return { name, description, source, experiment, formula: formula(experiment), trials }
}

function refuseLargeGrid(experiment: Resolved<Experiment>): void {
  const axes = axesOf(experiment.sweep)
  const problem = tooManyTrials(gridSize(experiment, axes), experiment.execution.maximumTrials)
  if (problem === undefined) return
  throw new InputError([{ file: '', line: null, column: null, path: 'execution.maximumTrials', ...problem }])
}

function teacherTrials({ dataset, teachers }: Resolved<Experiment>): Map<string, PlannedTrial> {
  return new Map(
    teachers.map(({ id: model, architecture, training, seed }) => {
      const config: TrialConfig = { role: 'teacher', dataset, architecture, training, seed, distillation: null }
      const parts = canonicalParts(config)
      return [
        model,
        {
          id: trialIdOf(parts, seed),
          config,
          role: 'teacher',
          model,
          teacher: null,
          teacherTrial: null,
          baselineTrial: null,
          axes: {},
          configuration: configurationOf(parts),
        },
      ]
    }),
  )
}

/** One way of distilling: a teacher, objectives, a temperature and loss weights. All students share it. */
interface Lesson {
  teacher: string
  /** The value of the axis `objective`, where there is one, and what changes from epoch to epoch. */
  axes: Record<string, unknown>
  distillation: Distillation
  canonical: string
}

function lessonsOf(experiment: Resolved<Experiment>, axes: Axis[], teachers: Map<string, PlannedTrial>): Lesson[] {
  const { temperatures, lossWeights } = experiment
  const objectives = objectivesOf(experiment.objective, axes)
  return [...teachers].flatMap(([teacher, { id }]) =>
    objectives.flatMap(({ terms: objective, tempered, axes }) =>
      (tempered ? temperatures : [null]).flatMap((temperature) =>
        lossWeights.map((weights): Lesson => {
          const distillation = { teacher: id, objective, temperature, weights }
          return {
            teacher,
            axes: { ...axes, ...coursesOf(distillation) },
            distillation,
            canonical: canonical(distillation),
          }
        }),
      ),
    ),
  )
}

/** What the trials of a student share. */
interface Of {
  experiment: Resolved<Experiment>
  /** As canonical JSON. */
  dataset: string
  student: string
}

interface CanonicalVariant extends Variant {
  parts: Pick<CanonicalParts, 'architecture' | 'training'>
}

function withCanonical(variant: Variant): CanonicalVariant {
  const parts = { architecture: canonicalArchitecture(variant.architecture), training: canonical(variant.training) }
  return { ...variant, parts }
}

/** The student without a teacher, once for each seed. */
function alone({ experiment, dataset, student }: Of, variant: CanonicalVariant): PlannedTrial[] {
  const { architecture, training, axes } = variant
  const parts = { ...variant.parts, dataset, distillation: 'null', role: '"student"' }
  const configuration = configurationOf(parts)
  return experiment.seeds.map((seed) => ({
    id: trialIdOf(parts, seed),
    config: { role: 'student', dataset: experiment.dataset, architecture, training, seed, distillation: null },
    role: 'baseline',
    model: student,
    teacher: null,
    teacherTrial: null,
    baselineTrial: null,
    axes,
    configuration,
  }))
}

/** The student with another label loss and no teacher, once for each seed; compared to the scratch baseline too. */
function otherwise(of: Of, variant: CanonicalVariant, labelLoss: ResolvedLabelLoss, scratch: PlannedTrial[]) {
  const axes = { ...variant.axes, 'training.labelLoss': labelLoss }
  const other = withCanonical({ ...variant, training: { ...variant.training, labelLoss }, axes })
  return alone(of, other).map((trial, index) => ({ ...trial, baselineTrial: scratch[index]?.id ?? null }))
}

/** The student under a teacher, once for each seed. */
function distilled(
  { experiment, dataset, student }: Of,
  variant: CanonicalVariant,
  { teacher, axes: taught, distillation, canonical }: Lesson,
  baselines: PlannedTrial[],
): PlannedTrial[] {
  const { architecture, training } = variant
  const axes = { ...variant.axes, ...taught }
  const parts = { ...variant.parts, dataset, distillation: canonical, role: '"student"' }
  const configuration = configurationOf(parts)
  return experiment.seeds.map((seed, index) => ({
    id: trialIdOf(parts, seed),
    config: { role: 'student', dataset: experiment.dataset, architecture, training, seed, distillation },
    role: 'student',
    model: student,
    teacher,
    teacherTrial: distillation.teacher,
    baselineTrial: baselines[index]?.id ?? null,
    axes,
    configuration,
  }))
}
