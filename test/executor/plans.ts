// Plans for tests of store and executor, made by hand: they need no dataset and no spec.
import { createHash } from 'node:crypto'
import type { Plan, PlannedTrial } from '@retort/orchestrator/plan/plan'
import type { Experiment } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import type { AnyConfig, OutOfMemory, ResolvedObjective, TrialConfig } from '@retort/schema/trial'

export interface Shape {
  name?: string
  teachers?: number
  /** Of each teacher. */
  students?: number
  baselines?: number
  /** How many learn from each student, one from the other. */
  followers?: number
  seeds?: number
  epochs?: number
  /** A last teacher that is made of the others, and teaches as they do. */
  ensemble?: boolean
  outOfMemory?: OutOfMemory
  /** What students learn; soft targets by default. */
  objective?: ResolvedObjective[]
}

const sha = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** Under which the teacher runs in its student's step. */
export const hints: ResolvedObjective[] = [
  { type: 'hints', weight: 1, layers: [{ student: 'dense1', teacher: 'dense1' }] },
]

/** `baselines` students, each a baseline too; `students` are that many temperatures of each. */
export function planOf(shape: Shape = {}): Plan {
  const { name = 'sweep', teachers = 1, students = 2, baselines = 1, followers = 0, seeds = 1, epochs = 2 } = shape
  const trials: PlannedTrial[] = []
  const add = (config: AnyConfig, names: Omit<PlannedTrial, 'id' | 'config' | 'configuration' | 'axes'>) => {
    const { seed: _, ...rest } = config
    const trial: PlannedTrial = { ...names, id: sha(config), config, configuration: sha(rest), axes: {} }
    trials.push(trial)
    return trial
  }
  const configOf = (role: 'teacher' | 'student', units: number, seed: number): TrialConfig => ({
    role,
    dataset: { type: 'mnist', split: { validation: 5000 } } as TrialConfig['dataset'],
    architecture: { type: 'mlp', hidden: [units], activation: 'relu', dropout: 0 },
    training: {
      epochs,
      batchSize: 128,
      omitClasses: [],
      correctBias: false,
      outOfMemory: shape.outOfMemory ?? 'fail',
      optimizer: sgd,
      schedule: { type: 'constant', warmupEpochs: 0 },
      keep: 'last',
      labelLoss: { type: 'cross-entropy' },
    },
    seed,
    distillation: null,
  })
  const big = Array.from({ length: teachers }, (_, number) =>
    add(configOf('teacher', 1000 + number, 1), {
      role: 'teacher',
      model: `teacher-${number}`,
      teacher: null,
      teacherTrial: null,
      baselineTrial: null,
    }),
  )
  if (shape.ensemble) {
    const of = big.map(({ id, model }) => ({ model, trial: id, weight: 1 / big.length }))
    const { dataset } = big[0]!.config
    const architecture = { type: 'ensemble', of, mean: 'logits' } as const
    const names = {
      role: 'teacher',
      model: 'ensemble',
      teacher: null,
      teacherTrial: null,
      baselineTrial: null,
    } as const
    big.push(add({ role: 'given', dataset, architecture, training: { epochs: 0 }, seed: 0, distillation: null }, names))
  }
  for (let model = 0; model < baselines; model++) {
    for (let seed = 1; seed <= seeds; seed++) {
      const config = configOf('student', 10 + model, seed)
      const alone = { role: 'baseline', model: `student-${model}`, teacher: null, teacherTrial: null } as const
      const baseline = add(config, { ...alone, baselineTrial: null })
      for (const teacher of big) {
        for (let temperature = 1; temperature <= students; temperature++) {
          const objective = shape.objective ?? [{ type: 'soft-targets', weight: 1, standardise: false }]
          const weights = { hard: 0.5, soft: 0.5 }
          let learnsFrom = teacher
          for (let step = 0; step <= followers; step++) {
            learnsFrom = add(
              { ...config, distillation: { teacher: learnsFrom.id, objective, temperature, weights } },
              {
                role: 'student',
                model: `student-${model}${step === 0 ? '' : `-${step}`}`,
                teacher: learnsFrom.model,
                teacherTrial: learnsFrom.id,
                baselineTrial: baseline.id,
              },
            )
          }
        }
      }
    }
  }
  const source = { name, dataset: { type: 'mnist' }, students: [] } as unknown as Experiment & Resolved<Experiment>
  return { name, description: '', source, experiment: source, formula: 'loss = CE', trials }
}

const sgd = { type: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0 } as const
