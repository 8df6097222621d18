// `retort profile SPEC --student ID`: where the time of a model's training steps goes.
import type { ProfiledOperator } from '@retort/schema/questions'
import { nearest } from '../errors/nearest.ts'
import { InvalidOptionError } from '../errors/option.ts'
import { alternatives } from '../errors/problem.ts'
import type { Plan, PlannedTrial } from '../plan/plan.ts'
import { teacherInStep } from '../plan/teacherInStep.ts'
import { teachersTextOf } from '../plan/teachersText.ts'
import { count, number, percent } from './format.ts'
import { printJson, printTable } from './output.ts'
import { settleOn, workingEngines } from './placement.ts'
import { prepare } from './prepare.ts'
import { withWorker } from './worker.ts'

export interface ProfileOptions {
  json?: boolean
  student?: string
  teacher?: string
  steps: number
  top: number
}

export async function profile(file: string, { json, student, teacher, steps, top }: ProfileOptions): Promise<void> {
  if ((student === undefined) === (teacher === undefined)) {
    const found = student === undefined ? 'neither' : 'both'
    throw new InvalidOptionError('--student or --teacher', 'the id of one model', found)
  }
  const {
    trial,
    teacher: online,
    teachersText,
    placement,
    lanes,
  } = await withWorker(async (ask) => {
    const { plan, read } = await prepare(file, ask)
    const trial = trialOf(plan, student === undefined ? 'teacher' : 'student', (student ?? teacher)!)
    const planned = new Map(plan.trials.map((each) => [each.id, each]))
    const beside = { teacher: teacherInStep(trial, planned), teachersText: teachersTextOf(trial, planned) }
    const { asked, notes } = await workingEngines(read, ask)
    return { trial, ...beside, ...settleOn(asked[0], read, notes) }
  })
  if (placement.engine === 'tensorflow' && placement.device === 'cuda') {
    const expected = 'a file with "device": "cpu" or "engine": "onnx": on a GPU the tensorflow engine tells no times'
    throw new InvalidOptionError(file, expected, `engine tensorflow on ${placement.device}`)
  }
  // In the environment that the sweep gives its trials.
  const { config } = trial
  if (config.role === 'given') throw new InvalidOptionError('--teacher', 'a teacher that is trained here', trial.model)
  const ask = { task: 'profile', config, teacher: online, teachersText, placement, steps } as const
  const result = await withWorker((asked) => asked(ask), lanes[0])
  if (json) return printJson({ model: trial.model, role: trial.role, ...result })

  const { ranOn, batchSize, compileSeconds, stepMilliseconds, imagesPerSecond, operators } = result
  const threads = `${ranOn.threads} ${ranOn.threads === 1 ? 'thread' : 'threads'}`
  // The tensorflow engine compiles nothing.
  const compiled = ranOn.engine === 'onnx' ? `, compiled in ${number(compileSeconds)} s` : ''
  console.log(`A training step of ${trial.model} (${trial.role}) on ${ranOn.engine} (${ranOn.device}), ${threads}:`)
  console.log(
    `${number(stepMilliseconds)} ms for a batch of ${count(batchSize)} (median of ${count(steps)}), ` +
      `${count(Math.round(imagesPerSecond))} samples a second${compiled}\n`,
  )
  const kinds = [...new Set(operators.map(({ operator }) => operator))]
    .map((operator) => ({ operator, each: operators.filter((one) => one.operator === operator) }))
    .map(({ operator, each }) => ({
      operator,
      each,
      milliseconds: sum(each, 'milliseconds'),
      share: sum(each, 'share'),
    }))
    .sort((one, other) => other.share - one.share)
  printTable(
    ['operator', 'share', 'ms a step', 'count'],
    kinds
      .slice(0, top)
      .map(({ operator, each, milliseconds, share }) => [
        operator,
        percent(share),
        milliseconds.toFixed(3),
        count(each.length),
      ]),
    [1, 2, 3],
  )
  const layered = operators.some(({ layer }) => layer !== null)
  const which = layered ? ', with the layer whose weights they use or update, or that stands before them' : ''
  console.log(`\nThe costliest${which}:\n`)
  printTable(
    ['operator', ...(layered ? ['layer'] : []), 'share', 'ms', 'from', 'to'],
    operators.slice(0, top).map(({ operator, layer, share, milliseconds, inputs, outputs }) => [
      operator,
      ...(layered ? [layer ?? ''] : []),
      percent(share),
      milliseconds.toFixed(3),
      // Attributes such as axes and bounds are small; the arrays are what costs.
      shapes(inputs),
      shapes(outputs),
    ]),
    layered ? [2, 3] : [1, 2],
  )
}

/** `64x28x28x1  9 of 3x3`: without the axes and bounds, which cost nothing. */
function shapes(types: string[]): string {
  const arrays = types.flatMap((type) => /^(?!int64).*\[(.*)\]$/.exec(type)?.[1]?.replaceAll(',', 'x') || [])
  const times = (shape: string) => arrays.filter((other) => other === shape).length
  return [...new Set(arrays)].map((shape) => (times(shape) === 1 ? shape : `${times(shape)} of ${shape}`)).join('  ')
}

const sum = (operators: ProfiledOperator[], what: 'share' | 'milliseconds'): number =>
  operators.reduce((total, operator) => total + operator[what], 0)

/** A student is profiled as it learns from its first teacher, where it has one. */
function trialOf({ trials }: Plan, role: 'teacher' | 'student', id: string): PlannedTrial {
  const roles = role === 'teacher' ? (['teacher'] as const) : (['student', 'baseline'] as const)
  const all = roles.flatMap((each) => trials.filter((trial) => trial.role === each))
  const found = all.find(({ model }) => model === id)
  if (found !== undefined) return found
  const ids = new Set(all.map(({ model }) => model))
  const near = nearest(id, ids)
  const names =
    ids.size === 0 ? `a ${role}, of which the file has none` : `the id of a ${role}: ${alternatives([...ids])}`
  throw new InvalidOptionError(`--${role}`, names, near === undefined ? id : `${id}"; did you mean "${near}`)
}
