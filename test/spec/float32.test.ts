// Numbers that a training step cannot hold are refused, wherever they stand.
import { isHeld } from '@retort/orchestrator/spec/float32'
import { experimentSchema, type Schema } from '@retort/orchestrator/spec/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { complaints, experimentWith } from './complaints.ts'

const refusals = (changes: Record<string, unknown>) =>
  complaints(experimentWith(changes)).map((line) => line.replace(/^\d+:\d+ {2}/, ''))

const trained = (optimizer: object) => ({ training: { optimizer } })
const held = 'that float32 can hold, 1.18e-38 to 3.4e38'
const squareHeld = 'a number above 0 whose square float32 can hold, 1.1e-19 to 1.8e19'

it.each<[string, Record<string, unknown>, string[]]>([
  [
    'a temperature',
    { temperatures: [1e300] },
    [`temperatures[0]: expected ${squareHeld}, got 1e+300, whose square is Infinity there`],
  ],
  [
    'the end of a course',
    { temperatures: [{ from: 8, to: 1e-30 }] },
    [`temperatures[0].to: expected ${squareHeld}, got 1e-30, whose square is 0 there`],
  ],
  [
    'a weight that may be a course',
    { lossWeights: [{ hard: 0, soft: 1e39 }] },
    [`lossWeights[0].soft: expected a number of at least 0 ${held}, got 1e+39, Infinity there`],
  ],
  [
    'a learning rate',
    trained({ type: 'adam', learningRate: 1e-300 }),
    [`training.optimizer.learningRate: expected a number above 0 ${held}, got 1e-300, 0 there`],
  ],
  [
    'a number with few digits left',
    trained({ type: 'adam', weightDecay: 1e-45 }),
    [`training.optimizer.weightDecay: expected a number of at least 0 ${held}, got 1e-45, 1.401298464324817e-45 there`],
  ],
  [
    'one that is rounded to its bound',
    trained({ type: 'sgd', momentum: 0.999999999999 }),
    [`training.optimizer.momentum: expected a number of at least 0 and below 1 ${held}, got 0.999999999999, 1 there`],
  ],
  [
    'a value of an axis',
    { sweep: { 'training.optimizer.learningRate': { values: [0.1, 1e39] } } },
    [
      `sweep["training.optimizer.learningRate"].values[1]: expected a number above 0 ${held}, got 1e+39, Infinity there`,
    ],
  ],
  [
    'a setting of an objective on an axis',
    { sweep: { objective: { values: [{ type: 'dkd', beta: 1e-300 }] } } },
    [`sweep.objective.values[0].beta: expected a number of at least 0 ${held}, got 1e-300, 0 there`],
  ],
  [
    'a product that a convention asks for',
    { objective: { type: 'dist', weight: 2 ** 100 }, convention: { type: 'repdistiller', alpha: 0, beta: 2 ** 100 } },
    [`convention: expected weights ${held}, got 1.6069380442589903e+60, Infinity there, as translated`],
  ],
])('refuses %s', (_, changes, expected) => {
  expect(refusals(changes)).toEqual(expected)
})

it('takes the largest and the smallest that there are', () => {
  const weights = { lossWeights: [{ hard: 3.4028234e38, soft: 1.1754944e-38 }] }
  expect(refusals({ ...weights, temperatures: [1.8e19, 1.1e-19] })).toEqual([])
})

it('says that a number is out of its range before it says that it cannot be held', () => {
  expect(refusals({ lossWeights: [{ hard: 1, soft: -1e39 }] })).toEqual([
    'lossWeights[0].soft: expected a number of at least 0 or an object, got -1e+39',
  ])
})

describe('a number is held', () => {
  it('where 32 bits keep its first seven digits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const [near] = Float32Array.of(value) as unknown as [number]
        const keeps = value === 0 || Math.abs(near - value) <= Math.abs(value) * 2 ** -24
        // Below 2^-126 some numbers happen to be kept.
        expect(isHeld(value, 'itself', {})).toBe(keeps && (value === 0 || Math.abs(value) >= 2 ** -126))
      }),
      { numRuns: 2000 },
    )
  })

  it('is asked of every number but those that stay out of the training step', () => {
    const free: string[] = []
    const walk = (schema: Schema, path: string): void => {
      if (schema.type === 'number' && schema.float32 === undefined) free.push(path)
      for (const [name, part] of Object.entries({ ...schema.$defs, ...schema.properties }))
        walk(part, `${path}.${name}`)
      for (const part of [...(schema.oneOf ?? []), ...(schema.items ? [schema.items] : [])]) walk(part, path)
    }
    walk(experimentSchema, '')
    expect(free).toEqual([
      '.CsvDataset.test',
      '.ImageFolderDataset.test',
      '.JsonlDataset.test',
      '.SpamAssassinDataset.test',
      '.NextTokenDataset.test',
      '.Split.validation',
      '.WidthMultiplier',
      '.WarmupEpochs',
      '.StepShape.at',
      '.Published.temperature',
      '.Published.testAccuracy',
      '.TemperaturesFinding.from',
      '.TemperaturesFinding.above',
      '.TemperaturesFinding.to',
      '.Execution.stallSeconds',
    ])
  })
})
