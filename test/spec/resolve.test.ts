// An experiment with every default filled in, and the way back from its parts to their places in the file.
import { resolve } from 'node:path'
import { formatProblem, InputError } from '@retort/orchestrator/errors/problem'
import { architecturesOf, inspectProblem } from '@retort/orchestrator/spec/inspect'
import { parseExperiment } from '@retort/orchestrator/spec/read'
import { describe, expect, it } from 'vitest'
import { experimentWith } from './complaints.ts'

const read = (changes: Record<string, unknown>) => parseExperiment(experimentWith(changes), 'folder/x.json')

describe('defaults', () => {
  it('are all filled in', () => {
    const { experiment, source } = read({})
    expect(experiment).toEqual({
      name: 'small',
      description: '',
      dataset: {
        type: 'mnist',
        split: { train: 'rest', validation: 5000, test: 'all', seed: 0 },
        augmentation: 'none',
      },
      teachers: [
        {
          id: 'big',
          architecture: { type: 'mlp', hidden: [800], activation: 'relu', dropout: 0 },
          reader: null,
          training: experiment.training,
          seed: 1,
        },
      ],
      students: [
        {
          id: 'tiny',
          architecture: { type: 'mlp', hidden: [32], activation: 'relu', dropout: 0 },
          training: experiment.training,
        },
      ],
      pairs: 'all',
      objective: { type: 'soft-targets', weight: 1, standardise: false },
      convention: { type: 'retort' },
      temperatures: [4],
      lossWeights: [{ hard: 0.1, soft: 0.9 }],
      training: {
        epochs: 3,
        batchSize: 128,
        omitClasses: [],
        correctBias: false,
        outOfMemory: 'fail',
        optimizer: { type: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
        schedule: { type: 'constant', warmupEpochs: 0 },
        keep: 'last',
        labelLoss: { type: 'cross-entropy' },
      },
      seeds: [1],
      baselines: ['scratch'],
      sweep: {},
      published: [],
      engine: 'auto',
      device: 'auto',
      execution: {
        concurrency: 'auto',
        threadsPerTrial: 'auto',
        grouping: 'auto',
        retries: 2,
        stallSeconds: 300,
        maximumTrials: 1000000,
      },
    })
    expect(source).toEqual(JSON.parse(experimentWith({})))
  })

  it('leave `$schema` to editors', () => {
    expect(read({ $schema: '../schema/experiment.schema.json' }).experiment).not.toHaveProperty('$schema')
  })

  it('are not shared between parts', () => {
    const { experiment } = read({})
    experiment.students[0]!.training.optimizer.learningRate = 5
    expect(read({}).experiment.students[0]!.training.optimizer.learningRate).toBe(0.001)
    expect(experiment.training.optimizer.learningRate).toBe(0.001)
  })
})

describe('a model’s training', () => {
  const trained = (file: object, own: object) =>
    read({ training: file, students: [{ id: 'a', architecture: { type: 'mlp', hidden: [1] }, training: own }] })
      .experiment.students[0]!.training

  it('is the file’s where the model says nothing', () => {
    expect(trained({ epochs: 7, optimizer: { type: 'sgd', momentum: 0.5 } }, { batchSize: 64 })).toMatchObject({
      epochs: 7,
      batchSize: 64,
      optimizer: { type: 'sgd', momentum: 0.5, learningRate: 0.1 },
    })
  })

  it('replaces single settings of an optimizer and schedule of the same type', () => {
    const file = { optimizer: { type: 'sgd', momentum: 0.5 }, schedule: { type: 'cosine', warmupEpochs: 1 } }
    const own = { optimizer: { learningRate: 0.3 }, schedule: { type: 'cosine', finalFraction: 0.1 } }
    expect(trained(file, own)).toMatchObject({
      optimizer: { type: 'sgd', momentum: 0.5, learningRate: 0.3, nesterov: false, weightDecay: 0 },
      schedule: { type: 'cosine', warmupEpochs: 1, finalFraction: 0.1 },
    })
  })

  it('replaces the whole of another type', () => {
    const file = { optimizer: { type: 'sgd', learningRate: 0.5 }, schedule: { type: 'cosine', warmupEpochs: 1 } }
    const own = { optimizer: { type: 'adamw' }, schedule: { type: 'constant' } }
    const { optimizer, schedule } = trained(file, own)
    const adamw = { type: 'adamw', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 }
    expect(optimizer).toEqual(adamw)
    expect(schedule).toEqual({ type: 'constant', warmupEpochs: 0 })
  })
})

it('a dataset’s files are found from the experiment’s folder', () => {
  const { experiment } = read({
    dataset: { type: 'idx', trainImages: 'a', trainLabels: './b', testImages: '../c', testLabels: '/d' },
  })
  expect(experiment.dataset).toMatchObject({
    trainImages: resolve('folder/a'),
    trainLabels: resolve('folder/b'),
    testImages: resolve('c'),
    testLabels: resolve('/d'),
  })
  const table = (test: unknown) => read({ dataset: { type: 'csv', train: 'a', label: 'b', test } }).experiment.dataset
  expect(table('../c')).toMatchObject({ train: resolve('folder/a'), label: 'b', test: resolve('c') })
  expect(table(0.5)).toMatchObject({ test: 0.5 })
})

describe('a part of the experiment', () => {
  const { locate } = read({ seeds: [3, 4] })

  it('is found in the file', () => {
    expect(locate(['name'])).toEqual({ line: 2, column: 9 })
    expect(locate(['seeds', 1])).toEqual({ line: 6, column: 13 })
    expect(locate([])).toEqual({ line: 1, column: 1 })
  })

  it('that is a default is found where it would stand', () => {
    expect(locate(['dataset', 'split', 'train'])).toEqual(locate(['dataset']))
    expect(locate(['execution', 'retries'])).toEqual({ line: 1, column: 1 })
  })
})

describe('what the inspect task says', () => {
  const experiment = read({
    students: [
      { id: 'deep', architecture: { type: 'cnn', filters: [8, 8, 8] } },
      { id: 'flat', architecture: { type: 'mlp', hidden: [8] } },
    ],
    sweep: { 'architecture.filters.2': { values: [4, 9] }, 'training.epochs': { values: [1, 2] } },
  })
  const placed = architecturesOf(experiment)

  it('is asked of every architecture', () => {
    expect(placed.map(({ model, path, axes }) => [model, path, axes])).toEqual([
      ['big', ['teachers', 0, 'architecture'], {}],
      ['deep', ['students', 0, 'architecture'], { 'architecture.filters.2': 4 }],
      ['deep', ['students', 0, 'architecture'], { 'architecture.filters.2': 9 }],
      ['flat', ['students', 1, 'architecture'], {}],
    ])
  })

  const shown = (index: number, path: string[]) =>
    formatProblem(inspectProblem(experiment, placed[index]!, { problem: 'too small', path }))

  it('is a problem of the file, at the part', () => {
    expect(shown(1, ['filters', '1'])).toBe('folder/x.json:5:69  students[0].architecture.filters[1]: too small')
    expect(shown(3, ['hidden'])).toBe('folder/x.json:5:127  students[1].architecture.hidden: too small')
    expect(shown(3, ['dropout'])).toBe('folder/x.json:5:104  students[1].architecture.dropout: too small')
    expect(inspectProblem(experiment, placed[3]!, { problem: 'too small', path: ['hidden'] })).toMatchObject({
      expected: 'a model that fits the data',
      found: '[8]',
    })
  })

  it('is a problem of the axis that set the part', () => {
    expect(shown(2, ['filters', '2'])).toBe('folder/x.json:6:49  sweep["architecture.filters.2"].values[1]: too small')
  })

  it('is a problem of the dataset', () => {
    const problem = inspectProblem(experiment, 'dataset', { problem: 'no digits', path: ['split', 'train'] })
    expect(formatProblem(problem)).toBe('folder/x.json:3:12  dataset.split.train: no digits')
    expect(problem.found).toBe('"rest"')
  })
})

it('InputError says everything in its message', () => {
  const error = (() => {
    try {
      return read({ engine: 'onx', device: 'gpu' })
    } catch (caught) {
      return caught as InputError
    }
  })()
  expect(error).toBeInstanceOf(InputError)
  expect(error).toMatchObject({ exitCode: 2 })
  expect((error as InputError).message).toBe(
    'folder/x.json:6:11  engine: expected "auto", "onnx" or "tensorflow", got "onx"; did you mean "onnx"?\n' +
      'folder/x.json:7:11  device: expected "auto", "cpu", "webgpu" or "cuda", got "gpu"',
  )
})
