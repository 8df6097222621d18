// From an experiment to its plan: every trial that it asks for, each configuration once. Pure; reads no file.
import type { Experiment } from '@retort/schema/experiment'
import type { GivenTeacher, Resolved, TrainedTeacher } from '@retort/schema/resolved'
import type { AnyConfig, Distillation } from '@retort/schema/trial'
import type { TrialId } from '@retort/schema/trialId'
import { InputError } from '../errors/problem.ts'
import { type Axis, axesOf, type Variant } from '../spec/axes.ts'
import { labelLossOf } from '../spec/baselines.ts'
import { canonicalTraining } from '../spec/canonical.ts'
import { gridSize, tooManyTrials } from '../spec/grid.ts'
import { type Line, linesOf, type Master } from '../spec/lines.ts'
import { objectivesOf } from '../spec/objectives.ts'
import { studentsDataset, teachersDataset } from '../spec/studentsDataset.ts'
import { coursesOf } from './columns.ts'
import { formula } from './formula.ts'
import {
  type CanonicalParts,
  canonicalArchitecture,
  canonicalDataset,
  canonicalDistillation,
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
  const { baselines, taught } = trialMaker(experiment, axes, teachers)
  const trials = [...teachers.values()]
  for (const [student, { variants, lines }] of linesOf(experiment, axes)) {
    for (const variant of variants) trials.push(...baselines(student, variant))
    for (const line of lines) for (const cell of taught(line)) trials.push(...cell)
  }
  const { name, description } = experiment
  return { name, description, source, experiment, formula: formula(experiment), trials: merged(trials) }
}

/**
 * Each configuration once, where it stands first, under all names that it has: `tiny = small`. What is checked before
 * refuses models with two names; a sweep's rows are known by their trials, and one that came twice would end it.
 */
function merged(trials: PlannedTrial[]): PlannedTrial[] {
  const byId = new Map<TrialId, PlannedTrial>()
  for (const trial of trials) {
    const first = byId.get(trial.id)
    byId.set(trial.id, first === undefined ? trial : withNames(first, trial))
  }
  return [...byId.values()]
}

function withNames(first: PlannedTrial, { model, teacher }: PlannedTrial): PlannedTrial {
  const joined = (one: string, other: string) => (one.split(' = ').includes(other) ? one : `${one} = ${other}`)
  const both = first.teacher !== null && teacher !== null
  return {
    ...first,
    model: joined(first.model, model),
    teacher: both ? joined(first.teacher!, teacher) : first.teacher,
  }
}

function refuseLargeGrid(experiment: Resolved<Experiment>): void {
  const axes = axesOf(experiment.sweep)
  const problem = tooManyTrials(gridSize(experiment, axes), experiment.execution.maximumTrials)
  if (problem === undefined) return
  throw new InputError([{ file: '', line: null, column: null, path: 'execution.maximumTrials', ...problem }])
}

/** By id, ensembles after those that they are made of. */
function teacherTrials({ dataset, teachers }: Resolved<Experiment>): Map<string, PlannedTrial> {
  const trials = new Map<string, PlannedTrial>()
  const trialOf = (id: string): PlannedTrial => {
    const known = trials.get(id)
    if (known !== undefined) return known
    const config = configOf(teachers.find((teacher) => teacher.id === id)!)
    const parts = canonicalParts(config)
    const trial: PlannedTrial = {
      id: trialIdOf(parts, config.seed),
      config,
      role: 'teacher',
      model: id,
      teacher: null,
      teacherTrial: null,
      baselineTrial: null,
      axes: {},
      configuration: configurationOf(parts),
    }
    trials.set(id, trial)
    return trial
  }
  const configOf = (teacher: TrainedTeacher | GivenTeacher): AnyConfig => {
    if ('architecture' in teacher) {
      const { architecture, training, seed, reader } = teacher
      const own = teachersDataset(dataset, reader)
      return { role: 'teacher', dataset: own, architecture, training, seed, distillation: null }
    }
    const { given } = teacher
    const architecture =
      given.type === 'ensemble'
        ? { ...given, of: given.of.map((member) => ({ ...member, trial: trialOf(member.model).id })) }
        : given
    return {
      role: 'given',
      dataset: teachersDataset(studentsDataset(dataset), teacher.reader),
      architecture,
      training: { epochs: 0 },
      seed: 0,
      distillation: null,
    }
  }
  for (const { id } of teachers) trialOf(id)
  return trials
}

/** A way to teach, whoever does it: objectives, a temperature and loss weights. */
interface Cell {
  way: Omit<Distillation, 'teacher'>
  /** The value of the axis `objective`, where there is one, and what changes from epoch to epoch. */
  axes: Record<string, unknown>
}

function cellsOf({ objective, temperatures, lossWeights }: Resolved<Experiment>, axes: Axis[]): Cell[] {
  return objectivesOf(objective, axes).flatMap(({ terms, tempered, axes }) =>
    (tempered ? temperatures : [null]).flatMap((temperature) =>
      lossWeights.map((weights): Cell => {
        const way = { objective: terms, temperature, weights }
        return { way, axes: { ...axes, ...coursesOf(way) } }
      }),
    ),
  )
}

/** A teacher and how it teaches: what a trial's `distillation` says. */
interface Lesson {
  distillation: Distillation
  canonical: string
}

/** Makes students' trials, each once, and those that teach them before them. */
function trialMaker(experiment: Resolved<Experiment>, axes: Axis[], teachers: Map<string, PlannedTrial>) {
  const { seeds } = experiment
  const dataset = studentsDataset(experiment.dataset)
  const datasetText = canonicalDataset(dataset)
  const cells = cellsOf(experiment, axes)
  const lesson = (teacher: TrialId, { way }: Cell): Lesson => {
    const distillation = { teacher, ...way }
    return { distillation, canonical: canonicalDistillation(distillation) }
  }
  // All students share them.
  const lessons = new Map([...teachers].map(([id, trial]) => [id, cells.map((cell) => lesson(trial.id, cell))]))
  const scratch = new Map<Variant, PlannedTrial[]>()
  const distilled = new Map<Line, PlannedTrial[][]>()
  const canonicalVariants = new Map<Variant, Pick<CanonicalParts, 'architecture' | 'training'>>()

  const partsOf = (variant: Variant, distillation: string): CanonicalParts => {
    const known = canonicalVariants.get(variant)
    const parts = known ?? {
      architecture: canonicalArchitecture(variant.architecture),
      training: canonicalTraining(variant.training),
    }
    if (known === undefined) canonicalVariants.set(variant, parts)
    return { ...parts, dataset: datasetText, distillation, role: '"student"' }
  }

  /** The student without a teacher, once for each seed. */
  function alone(student: string, variant: Variant): PlannedTrial[] {
    const known = scratch.get(variant)
    if (known !== undefined) return known
    const { architecture, training, axes } = variant
    const parts = partsOf(variant, 'null')
    const configuration = configurationOf(parts)
    const trials = seeds.map(
      (seed): PlannedTrial => ({
        id: trialIdOf(parts, seed),
        config: { role: 'student', dataset, architecture, training, seed, distillation: null },
        role: 'baseline',
        model: student,
        teacher: null,
        teacherTrial: null,
        baselineTrial: null,
        axes,
        configuration,
      }),
    )
    scratch.set(variant, trials)
    return trials
  }

  /** What others compare a student with: alone where the experiment has it. */
  const compared = (student: string, variant: Variant) =>
    experiment.baselines.includes('scratch') ? alone(student, variant) : []

  /** All of a student's baselines; those with another label loss are compared to the scratch one too. */
  function baselines(student: string, variant: Variant): PlannedTrial[] {
    const lone = compared(student, variant)
    return experiment.baselines.flatMap((baseline) => {
      const labelLoss = labelLossOf(baseline)
      if (labelLoss === null) return lone
      const axes = { ...variant.axes, 'training.labelLoss': labelLoss }
      const other = { ...variant, training: { ...variant.training, labelLoss }, axes }
      return alone(student, other).map((trial, replicate) => ({
        ...trial,
        baselineTrial: lone[replicate]?.id ?? null,
      }))
    })
  }

  /** Of each replicate its lesson, and what stands for all of these in the configuration that replicates share. */
  function lessonsOf(master: Master, cell: number): { of(replicate: number): Lesson; common: string } {
    if (master.type === 'teacher') {
      const known = lessons.get(master.id)![cell]!
      return { of: () => known, common: known.canonical }
    }
    const trials = master.type === 'line' ? taught(master.line)[cell]! : alone(master.student, master.variant)
    return {
      of: (replicate) => lesson(trials[replicate]!.id, cells[cell]!),
      common: lesson(trials[0]!.configuration, cells[cell]!).canonical,
    }
  }

  /** The student under who teaches it: for each temperature and loss weights, once for each seed. */
  function taught(line: Line): PlannedTrial[][] {
    const known = distilled.get(line)
    if (known !== undefined) return known
    const { student, variant, master } = line
    const { architecture, training } = variant
    const lone = compared(student, variant)
    const teacher = nameOf(master)
    const trials = cells.map(({ axes: ofCell }, cell) => {
      const axes = { ...line.axes, ...ofCell }
      const { of, common } = lessonsOf(master, cell)
      const configuration = configurationOf(partsOf(variant, common))
      return seeds.map((seed, replicate): PlannedTrial => {
        const { distillation, canonical } = of(replicate)
        return {
          id: trialIdOf(partsOf(variant, canonical), seed),
          config: { role: 'student', dataset, architecture, training, seed, distillation },
          role: 'student',
          model: student,
          teacher,
          teacherTrial: distillation.teacher,
          baselineTrial: lone[replicate]?.id ?? null,
          axes,
          configuration,
        }
      })
    })
    distilled.set(line, trials)
    return trials
  }

  return { baselines, taught }
}

/** `assistant <- big`: who teaches, and who taught it. */
function nameOf(master: Master): string {
  if (master.type === 'teacher') return master.id
  return master.type === 'baseline' ? master.student : `${master.line.student} <- ${nameOf(master.line.master)}`
}
