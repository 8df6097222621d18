// The trials that benches group, and how long their steps take.
import { tmpdir } from 'node:os'
import type { Placement } from '@retort/schema/messages'
import type { TimeGroupRequest, TimeGroupResult } from '@retort/schema/questions'
import type { ResolvedArchitecture, ResolvedObjective, TrialConfig } from '@retort/schema/trial'

export const members = 16

export const students: Record<string, ResolvedArchitecture> = {
  'MLP 784-30-30-10': { type: 'mlp', hidden: [30, 30], activation: 'relu', dropout: 0 },
  'CNN 8-16': {
    type: 'cnn',
    filters: [8, 16],
    kernelSize: 3,
    dense: [],
    batchNorm: false,
    activation: 'relu',
    dropout: 0,
  },
}

export const configOf = (architecture: ResolvedArchitecture, member: number): TrialConfig => ({
  role: 'student',
  dataset: { type: 'mnist', split: { train: 20_000, validation: 5000, test: 5000, seed: 0 }, augmentation: 'none' },
  architecture,
  training: {
    epochs: 1,
    batchSize: 128,
    omitClasses: [],
    correctBias: false,
    outOfMemory: 'fail',
    optimizer: {
      type: 'adam',
      learningRate: 5e-4 * 1.1 ** member,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
    },
    schedule: { type: 'constant', warmupEpochs: 0 },
    keep: 'last',
    labelLoss: { type: 'cross-entropy' },
  },
  seed: 1,
  distillation: null,
})

export type Asked = Pick<TimeGroupRequest, 'config' | 'teacher'>

const cnn: ResolvedArchitecture = {
  type: 'cnn',
  filters: [32, 64],
  kernelSize: 3,
  dense: [128],
  batchNorm: false,
  activation: 'relu',
  dropout: 0,
}
const mlp: ResolvedArchitecture = { type: 'mlp', hidden: [800, 800], activation: 'relu', dropout: 0 }

const under = (student: string, teacher: ResolvedArchitecture, objective: ResolvedObjective): Asked => {
  const weights = { hard: 1, soft: 1 }
  const distillation = { teacher: 'teacher', objective: [objective], temperature: null, weights }
  return { config: { ...configOf(students[student]!, 0), distillation }, teacher }
}
const [dense, small] = ['MLP 784-30-30-10', 'CNN 8-16']
const pair = (student: string, teacher: string): [{ student: string; teacher: string }] => [{ student, teacher }]

/** Students whose teacher runs in their step. */
export const besideTeachers: Record<string, Asked> = {
  [`${dense} under MLP 784-800-800-10, hints`]: under(dense, mlp, {
    type: 'hints',
    weight: 1,
    layers: pair('dense1_relu', 'dense1_relu'),
  }),
  [`${dense} under CNN 32-64, similarity-preserving`]: under(dense, cnn, {
    type: 'similarity-preserving',
    weight: 1,
    layers: pair('dense1_relu', 'conv2_pool'),
  }),
  [`${small} under CNN 32-64, similarity-preserving`]: under(small, cnn, {
    type: 'similarity-preserving',
    weight: 1,
    layers: pair('conv2_pool', 'conv2_pool'),
  }),
  [`${small} under CNN 32-64, hints`]: under(small, cnn, {
    type: 'hints',
    weight: 1,
    layers: pair('conv2_relu', 'conv2_relu'),
  }),
}

/**
 * Milliseconds of a trial's step by itself and as a member of a group, as the planner times them: in turns, the best of
 * a few rounds.
 */
export async function timedGroups(
  asked: Record<string, Asked>,
  group: Pick<TimeGroupRequest, 'members' | 'sameSeed'>,
  placement: Placement,
  ask: (request: TimeGroupRequest) => Promise<TimeGroupResult>,
) {
  const rows: Record<string, object> = {}
  for (const [name, each] of Object.entries(asked)) {
    // The folder is where token ids would be kept, of which digits have none.
    const request = { task: 'time group', ...each, placement, artifacts: tmpdir(), ...group } as const
    const { alone, together, problem } = await ask(request)
    if (together === null) throw new Error(`${name} in a group of ${group.members}: ${problem}`)
    rows[name] = { ...group, alone: rounded(alone), together: rounded(together), times: rounded(alone / together) }
  }
  return rows
}

const rounded = (number: number) => Math.round(number * 100) / 100
