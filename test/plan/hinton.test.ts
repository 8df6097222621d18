// experiments/hinton-2015-mnist.json next to the paper's section 3 (arXiv:1503.02531).
import { join } from 'node:path'
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import { readExperiment } from '@retort/orchestrator/spec/read'
import type { ResolvedTraining } from '@retort/schema/trial'
import { expect, it } from 'vitest'
import { augmentationOf } from '../../orchestrator/src/spec/studentsDataset.ts'

const file = join(import.meta.dirname, '../../experiments/hinton-2015-mnist.json')
const { source, experiment } = readExperiment(file)
const { trials } = makePlan({ source, experiment })

it('has the paper’s models', () => {
  const layers = new Map(trials.map(({ model, config }) => [model, config.architecture]))
  expect(Object.fromEntries(layers)).toMatchObject({
    'mlp-2x1200': { type: 'mlp', hidden: [1200, 1200], activation: 'relu', dropout: 0.5 },
    'mlp-2x800': { type: 'mlp', hidden: [800, 800], activation: 'relu', dropout: 0 },
    'mlp-2x300': { type: 'mlp', hidden: [300, 300], activation: 'relu', dropout: 0 },
    'mlp-2x30': { type: 'mlp', hidden: [30, 30], activation: 'relu', dropout: 0 },
    'mlp-2x800-no-3': { type: 'mlp', hidden: [800, 800], activation: 'relu', dropout: 0 },
    'mlp-2x800-7-and-8': { type: 'mlp', hidden: [800, 800], activation: 'relu', dropout: 0 },
  })
})

it('shifts the digits of the teacher, and of nobody else', () => {
  for (const { role, config } of trials) {
    const augmentation = augmentationOf(config.dataset)
    if (role === 'teacher') expect(augmentation).toMatchObject({ steps: [{ type: 'shift', pixels: 2 }] })
    else expect(augmentation).toBe('none')
  }
})

it('leaves classes out where the paper does, and corrects their biases', () => {
  const left = new Map(
    trials.map(({ model, config }) => {
      const { omitClasses, correctBias } = config.training as ResolvedTraining
      return [model, [omitClasses.join(''), correctBias].join(' ')]
    }),
  )
  expect(Object.fromEntries(left)).toEqual({
    'mlp-2x1200': ' false',
    'mlp-2x800': ' false',
    'mlp-2x300': ' false',
    'mlp-2x30': ' false',
    'mlp-2x800-no-3': '3 true',
    'mlp-2x800-7-and-8': '01234569 true',
  })
})

it('asks for temperatures of 1 to 20, on both sides of each that the paper names, with seeds that can tell', () => {
  const { temperatures, seeds, students, baselines } = experiment
  expect([temperatures[0], temperatures.at(-1)]).toEqual([1, 20])
  expect(temperatures).toEqual(expect.arrayContaining([2.5, 4]))
  expect(temperatures.filter((temperature) => (temperature as number) > 8).length).toBeGreaterThan(1)
  expect(seeds.length).toBeGreaterThanOrEqual(5)
  expect(trials).toHaveLength(1 + students.length * seeds.length * (temperatures.length + baselines.length))
})

it('has the figures of the paper', () => {
  const figures = (source.published ?? []).map(
    ({ student, teacher, temperature, testErrors, testAccuracy, class: of, biasCorrected, temperatures }) =>
      [
        student ?? teacher,
        student !== undefined && teacher === undefined ? 'alone' : (temperature ?? ''),
        testErrors === undefined ? (testAccuracy ?? temperatures?.are) : `${testErrors.errors}/${testErrors.of}`,
        of ?? '',
        biasCorrected ?? '',
      ].join(' '),
  )
  expect(figures).toEqual([
    'mlp-2x1200  67/10000  ',
    'mlp-2x800 alone 146/10000  ',
    'mlp-2x800 20 74/10000  ',
    'mlp-2x800-no-3 20 206/10000  false',
    'mlp-2x800-no-3 20 133/1010 3 false',
    'mlp-2x800-no-3 20 109/10000  true',
    'mlp-2x800-no-3 20 14/1010 3 true',
    // 47.3 % and 13.2 % of errors.
    'mlp-2x800-7-and-8 20 0.527  false',
    'mlp-2x800-7-and-8 20 0.868  true',
    'mlp-2x300  alike  ',
    'mlp-2x30  best  ',
  ])
})
