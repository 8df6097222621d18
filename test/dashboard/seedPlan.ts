// The sweeps that a store is filled with to look at: their experiment, and the trials that it asks for.
import { createHash } from 'node:crypto'
import type * as tables from '@retort/schema/database'
import type { Architecture, Experiment } from '@retort/schema/experiment'
import type { ResolvedArchitecture, ResolvedObjective, TrialConfig } from '@retort/schema/trial'

export const hash = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')

export interface Model {
  id: string
  architecture: ResolvedArchitecture
  parameters: number
  multiplyAccumulates: number
  /** Validation accuracy from scratch, and what the best distillation adds. */
  accuracy: number
  gain: number
}

const teacher: Model = {
  id: 'cnn-32-64',
  architecture: {
    type: 'cnn',
    filters: [32, 64],
    kernelSize: 3,
    dense: [128],
    batchNorm: true,
    activation: 'relu',
    dropout: 0.25,
  },
  parameters: 421_834,
  multiplyAccumulates: 4_241_152,
  accuracy: 0.9921,
  gain: 0,
}

const mlp = (...hidden: number[]): ResolvedArchitecture => ({ type: 'mlp', hidden, activation: 'relu', dropout: 0 })
const cnn = (filters: [number, number], dense: number): ResolvedArchitecture => ({
  type: 'cnn',
  filters,
  kernelSize: 3,
  dense: [dense],
  batchNorm: false,
  activation: 'relu',
  dropout: 0,
})
const students: Model[] = [
  {
    id: 'mlp-24',
    architecture: mlp(24),
    parameters: 19_090,
    multiplyAccumulates: 19_056,
    accuracy: 0.9538,
    gain: 0.0062,
  },
  {
    id: 'cnn-8-16',
    architecture: cnn([8, 16], 32),
    parameters: 26_698,
    multiplyAccumulates: 307_440,
    accuracy: 0.9811,
    gain: 0.0043,
  },
  {
    id: 'cnn-16-32',
    architecture: cnn([16, 32], 64),
    parameters: 105_866,
    multiplyAccumulates: 1_116_672,
    accuracy: 0.9862,
    gain: 0.0029,
  },
]

const temperatures: [number, ...number[]] = [1, 2, 4, 8]
const lossWeights: [{ hard: number; soft: number }, ...{ hard: number; soft: number }[]] = [
  { hard: 0.5, soft: 0.5 },
  { hard: 0.1, soft: 0.9 },
]

export function experimentOf(name: string, description: string, seeds: [number, ...number[]]): Experiment {
  return {
    $schema: '../schema/experiment.schema.json',
    name,
    description,
    dataset: { type: 'mnist', split: { train: 20_000, validation: 5_000 } },
    teachers: [{ id: teacher.id, architecture: teacher.architecture as Architecture }],
    students: students.map(({ id, architecture }) => ({
      id,
      architecture: architecture as Architecture,
    })) as Experiment['students'],
    temperatures,
    lossWeights,
    training: {
      epochs: 8,
      batchSize: 128,
      omitClasses: [],
      correctBias: false,
      outOfMemory: 'fail',
      optimizer: { type: 'adam', learningRate: 0.001 },
      schedule: { type: 'cosine' },
    },
    seeds,
  }
}

function configOf(
  sweep: string,
  role: 'teacher' | 'student',
  model: Model,
  seed: number,
  distillation: TrialConfig['distillation'],
): TrialConfig {
  return {
    role,
    // Another split seed for each sweep, so that no two sweeps share their trials.
    dataset: {
      type: 'mnist',
      split: { train: 20_000, validation: 5_000, test: 'all', seed: sweep.length },
      augmentation: 'none',
    },
    architecture: model.architecture,
    training: {
      epochs: 8,
      batchSize: 128,
      omitClasses: [],
      correctBias: false,
      outOfMemory: 'fail',
      optimizer: { type: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
      schedule: { type: 'cosine', warmupEpochs: 0, finalFraction: 0.01 },
      keep: 'last',
      labelLoss: { type: 'cross-entropy' },
    },
    seed,
    distillation,
  }
}

export type Planned = Omit<typeof tables.sweepTrials.$inferInsert, 'sweep' | 'position'> & {
  config: TrialConfig
  of: Model
}

export function plan(sweep: string, seeds: readonly number[]): Planned[] {
  const planned: Planned[] = []
  const add = (config: TrialConfig, of: Model, role: Planned['role'], rest: Partial<Planned> = {}): string => {
    const { seed, ...same } = config
    const trial = hash(JSON.stringify(config))
    planned.push({
      trial,
      config,
      of,
      role,
      model: of.id,
      seed,
      axes: {},
      configuration: hash(JSON.stringify(same)),
      ...rest,
    })
    return trial
  }
  const teacherTrial = add(configOf(sweep, 'teacher', teacher, 1, null), teacher, 'teacher')
  for (const student of students) {
    const baselines = seeds.map((seed) => add(configOf(sweep, 'student', student, seed, null), student, 'baseline'))
    for (const temperature of temperatures) {
      for (const weights of lossWeights) {
        seeds.forEach((seed, index) => {
          const objective: ResolvedObjective[] = [{ type: 'soft-targets', weight: 1, standardise: false }]
          const distillation = { teacher: teacherTrial, objective, temperature, weights }
          add(configOf(sweep, 'student', student, seed, distillation), student, 'student', {
            teacher: teacher.id,
            teacherTrial,
            baselineTrial: baselines[index]!,
            temperature,
            hardWeight: weights.hard,
            softWeight: weights.soft,
          })
        })
      }
    }
  }
  return planned
}
