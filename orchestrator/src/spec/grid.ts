// How many trials an experiment asks for, told before any is made.
import type { Experiment } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import { type Axis, countVariants } from './axes.ts'
import { linesOf, mastersOf } from './lines.ts'
import { objectivesOf } from './objectives.ts'

export interface GridSize {
  teachers: number
  /** Of each student: points in the grid of `sweep` axes, who teaches it, and in how many lines over all points. */
  students: { variants: number; teachers: number; lines: number }[]
  baselines: number
  objectives: number
  temperatures: number
  lossWeights: number
  /** Combinations of objective, temperature and loss weight. */
  lessons: number
  seeds: number
}

/** The parts of an experiment that span the grid. */
export type Grid = Pick<
  Resolved<Experiment>,
  'teachers' | 'students' | 'pairs' | 'baselines' | 'objective' | 'temperatures' | 'lossWeights' | 'seeds'
>

/** With more points, lines of students that teach are not gone through to be counted: the points are too many. */
const countable = 200_000

export function gridSize(experiment: Grid, axes: Axis[]): GridSize {
  const { pairs } = experiment
  const students = experiment.students.map((student) => {
    const masters = mastersOf(experiment, student.id)
    const variants = countVariants(student, axes)
    const lines = variants * masters.reduce((sum, { generations }) => sum + generations, 0)
    return { variants, teachers: masters.length, lines }
  })
  const few = students.reduce((sum, { variants }) => sum + variants, 0) <= countable
  if (pairs !== 'all' && pairs.some(({ teacher }) => typeof teacher !== 'string') && few) {
    const lines = linesOf(experiment, axes)
    for (const [index, { id }] of experiment.students.entries()) students[index]!.lines = lines.get(id)!.lines.length
  }
  const objectives = objectivesOf(experiment.objective, axes)
  const tempered = objectives.filter((objective) => objective.tempered).length
  // One temperature stands for all where the objective reads none.
  const temperatures = tempered === 0 ? 1 : experiment.temperatures.length
  return {
    teachers: experiment.teachers.length,
    students,
    baselines: experiment.baselines.length,
    objectives: objectives.length,
    temperatures,
    lossWeights: experiment.lossWeights.length,
    lessons: (objectives.length + tempered * (temperatures - 1)) * experiment.lossWeights.length,
    seeds: experiment.seeds.length,
  }
}

export function countTrials(size: GridSize): number {
  return size.teachers + countBaselines(size) + countDistilled(size)
}

function countBaselines({ students, baselines, seeds }: GridSize): number {
  return students.reduce((sum, { variants }) => sum + variants * baselines * seeds, 0)
}

function countDistilled({ students, lessons, seeds }: GridSize): number {
  return students.reduce((sum, { lines }) => sum + lines * lessons * seeds, 0)
}

/** What is wrong with a grid of more trials than the experiment allows; undefined where nothing is. */
export function tooManyTrials(size: GridSize, maximum: number) {
  const trials = countTrials(size)
  if (trials <= maximum) return undefined
  const expected = `at most ${number(maximum)} trials`
  const found = `${factors(size)} = ${number(trials)} trials`
  return { expected, found, message: `expected ${expected}, got ${found}; raise execution.maximumTrials to allow it` }
}

function factors(size: GridSize): string {
  const { students, baselines, objectives, temperatures, lossWeights, lessons, seeds } = size
  const first = students[0]
  const alike = students.every(
    ({ variants, teachers, lines }) =>
      variants === first?.variants && teachers === first.teachers && lines === variants * teachers,
  )
  if (first === undefined || !alike) {
    const parts = [count(size.teachers, 'teacher'), count(countBaselines(size), 'baseline')]
    return [...parts, count(countDistilled(size), 'distilled student')].join(' + ')
  }
  const taught = [count(temperatures, 'temperature'), count(lossWeights, 'loss weight')]
  const all = `${number(lessons)} combinations of objective, temperature and loss weight`
  const distilled = [count(first.teachers, 'teacher'), ...(objectives === 1 ? taught : [all])].join(' x ')
  const perStudent = baselines === 0 ? distilled : `(${count(baselines, 'baseline')} + ${distilled})`
  const axes = first.variants === 1 ? [] : [`${number(first.variants)} points of the sweep axes`]
  const each = [count(students.length, 'student'), ...axes, count(seeds, 'seed'), perStudent].join(' x ')
  return `${count(size.teachers, 'teacher')} + ${each}`
}

function count(amount: number, noun: string): string {
  return `${number(amount)} ${noun}${amount === 1 ? '' : 's'}`
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
