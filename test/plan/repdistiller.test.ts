// experiments/cifar100-repdistiller.json next to the tables that it repeats (arXiv:1910.10699, tables 1 and 2, and the
// settings of its appendix).

import { join } from 'node:path'
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import { readExperiment } from '@retort/orchestrator/spec/read'
import type { ResolvedTraining } from '@retort/schema/trial'
import { expect, it } from 'vitest'

const file = join(import.meta.dirname, '../../experiments/cifar100-repdistiller.json')
const { trials } = makePlan(readExperiment(file))

it('teaches the thirteen pairs', () => {
  const pairs = trials.filter(({ role }) => role === 'student').map(({ teacher, model }) => `${teacher} > ${model}`)
  expect([...new Set(pairs)].sort()).toEqual(
    [
      'wrn-40-2 > wrn-16-2',
      'wrn-40-2 > wrn-40-1',
      'resnet-56 > resnet-20',
      'resnet-110 > resnet-20',
      'resnet-110 > resnet-32',
      'resnet-32x4 > resnet-8x4',
      'vgg-13 > vgg-8',
      'vgg-13 > mobilenet-v2',
      'resnet-50 > mobilenet-v2',
      'resnet-50 > vgg-8',
      'resnet-32x4 > shufflenet',
      'resnet-32x4 > shufflenet-v2',
      'wrn-40-2 > shufflenet',
    ].sort(),
  )
})

it('trains six teachers, thirteen pairs and nine baselines, the students three times', () => {
  const count = (of: string) => trials.filter(({ role }) => role === of).length
  expect([count('teacher'), count('student'), count('baseline')]).toEqual([6, 13 * 3, 9 * 3])
})

it('has their settings', () => {
  expect(trials[0]!.config.dataset).toMatchObject({
    type: 'cifar-100',
    augmentation: { steps: [{ type: 'crop', padding: 4 }, { type: 'flip' }] },
  })
  for (const { model, role, config } of trials) {
    const { epochs, batchSize, optimizer, schedule } = config.training as ResolvedTraining
    const small = ['mobilenet-v2', 'shufflenet', 'shufflenet-v2'].includes(model)
    expect({ epochs, batchSize, optimizer, schedule }).toEqual({
      epochs: 240,
      batchSize: 64,
      optimizer: { type: 'sgd', learningRate: small ? 0.01 : 0.05, momentum: 0.9, nesterov: false, weightDecay: 5e-4 },
      schedule: { type: 'step', warmupEpochs: 0, milestones: [150, 180, 210], factor: 0.1 },
    })
    if (role === 'student')
      expect(config.distillation).toMatchObject({ temperature: 4, weights: { hard: 0.1, soft: 0.9 } })
  }
})
