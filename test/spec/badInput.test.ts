// What the schema refuses, and what only a reader of the whole experiment can: each with its place and both values.
import { architectures as definedArchitectures } from '@retort/schema/definitions/architectures'
import { datasets } from '@retort/schema/definitions/datasets'
import { describe, expect, it } from 'vitest'
import { alternatives, showValue } from '../../orchestrator/src/errors/problem.ts'
import { complaints, experimentWith, problemsOf } from './complaints.ts'

const mlp = (...hidden: number[]) => ({ type: 'mlp', hidden })
const student = (id: string, training: object = {}) => ({ id, architecture: mlp(32), training })

const datasetTypes = alternatives(datasets.map(({ type }) => showValue(type)))
const architectures = alternatives(definedArchitectures.map(({ type }) => showValue(type)))

describe('the schema', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    [
      'an unknown name',
      { temperature: [1] },
      ['6:1  temperature: unknown name "temperature"; did you mean "temperatures"?'],
    ],
    [
      'an unknown name like no other',
      { lossWeights: [{ hard: 1, soft: 1, medium: 1 }] },
      ['6:36  lossWeights[0].medium: unknown name "medium"; expected "hard" or "soft"'],
    ],
    [
      'an unknown name deep inside',
      { training: { optimizer: { type: 'adam', learning_rate: 0.1 } } },
      ['6:41  training.optimizer.learning_rate: unknown name "learning_rate"; did you mean "learningRate"?'],
    ],
    [
      'a name that belongs to another type',
      { students: [{ id: 'a', architecture: { type: 'mlp', hidden: [1], depth: 8 } }] },
      [
        '5:66  students[0].architecture.depth: unknown name "depth"; expected "type", "hidden", "activation" or "dropout"',
      ],
    ],
    [
      'an unknown type',
      { students: [{ id: 'a', architecture: { type: 'resnt', depth: 8 } }] },
      [`5:47  students[0].architecture.type: expected ${architectures}, got "resnt"; did you mean "resnet"?`],
    ],
    ['a type that is no text', { dataset: { type: 3 } }, [`3:20  dataset.type: expected ${datasetTypes}, got 3`]],
    ['a missing type', { dataset: {} }, [`3:12  dataset.type: missing; expected ${datasetTypes}`]],
    [
      'a missing part',
      { students: [{ id: 'a' }] },
      [
        `5:14  students[0].architecture: missing; expected an object whose "type" is ${architectures}, such as {"type":"mlp","hidden":[128]}`,
      ],
    ],
    [
      'a list instead of an object',
      { sweep: { 'training.epochs': [1, 2] } },
      ['6:29  sweep["training.epochs"]: expected an object, such as {"values":[0.001,0.0003]}, got [1,2]'],
    ],
    ['an object instead of a list', { teachers: {} }, ['4:13  teachers: expected a list, got {}']],
    [
      'text instead of a number',
      { temperatures: ['4'] },
      ['6:18  temperatures[0]: expected a number above 0 or an object, got "4"'],
    ],
    [
      'a list that is too short, and one that is too long',
      {
        students: [
          { id: 'a', architecture: { type: 'shufflenet', blocks: [1] } },
          { id: 'b', architecture: { type: 'shufflenet', blocks: [1, 2, 3, 4] } },
        ],
      },
      [
        '5:69  students[0].architecture.blocks: expected 3 items, got [1]',
        '5:130  students[1].architecture.blocks: expected 3 items, got [1,2,3,4]',
      ],
    ],
    ['null', { seeds: null }, ['6:10  seeds: expected a list of at least 1 item, got null']],
    [
      'a number out of range',
      { temperatures: [4, 0] },
      ['6:20  temperatures[1]: expected a number above 0 or an object, got 0'],
    ],
    [
      'a fraction instead of an integer',
      { training: { epochs: 1.5 } },
      ['6:23  training.epochs: expected an integer from 1 to 100000, got 1.5'],
    ],
    ['an empty list', { students: [] }, ['5:13  students: expected at least 1 item, got []']],
    [
      'values given twice',
      { seeds: [1, 2, 1, 2] },
      [
        '6:15  seeds[2]: expected each item once, got 1 again after item 0',
        '6:17  seeds[3]: expected each item once, got 2 again after item 1',
      ],
    ],
    [
      'equal objects, however their keys are ordered',
      {
        lossWeights: [
          { hard: 1, soft: 0 },
          { soft: 0, hard: 1 },
        ],
      },
      ['6:37  lossWeights[1]: expected each item once, got {"soft":0,"hard":1} again after item 0'],
    ],
    [
      'neither of two choices',
      { execution: { concurrency: 'autp' } },
      ['6:29  execution.concurrency: expected "auto" or an integer from 1 to 1024, got "autp"; did you mean "auto"?'],
    ],
    [
      'a choice that is wrong inside',
      { pairs: [{ teacher: 'big' }] },
      ['6:11  pairs[0].student: missing; expected text, such as "tiny"'],
    ],
    [
      'a name with other letters',
      { name: 'My Sweep' },
      [
        '2:9  name: expected up to 80 lower-case letters, digits, dots, dashes and underscores that begin with a letter or digit, got "My Sweep"',
      ],
    ],
  ])('refuses %s', (_, changes, expected) => {
    const text = experimentWith(changes)
    expect(complaints(text)).toEqual(expected)
    for (const { line, column, found } of problemsOf(text)) {
      const there = text.split('\n')[line! - 1]!.slice(column! - 1)
      const shown = found.replace(/ again$/, '')
      if (found !== 'nothing') expect(there.slice(0, shown.length)).toBe(shown)
    }
  })

  it.each([
    ['3', '1:1  expected an object, got 3'],
    ['[]', '1:1  expected an object, got []'],
    ['null', '1:1  expected an object, got null'],
  ])('refuses a file that holds %s', (text, expected) => {
    expect(complaints(text)).toEqual([expected])
  })

  it('accepts a file with nothing but what is needed', () => {
    expect(complaints(experimentWith({}))).toEqual([])
    expect(complaints(experimentWith({ teachers: undefined }).replace('"teachers": undefined,\n', ''))).toEqual([])
  })
})

describe('what is to be trained', () => {
  it('is something', () => {
    expect(complaints(experimentWith({ teachers: [], baselines: [] }))).toEqual([
      '6:14  baselines: nothing to train: the file has neither teachers nor baselines',
    ])
    expect(complaints(experimentWith({ teachers: [], baselines: ['scratch'] }))).toEqual([])
    expect(complaints(experimentWith({ baselines: [] }))).toEqual([])
  })

  it('holds every student', () => {
    const students = [student('a'), { ...student('b'), architecture: mlp(1) }]
    expect(complaints(experimentWith({ students, baselines: [], pairs: [{ teacher: 'big', student: 'a' }] }))).toEqual([
      '5:83  students[1]: expected a pair with "b", or a baseline, got neither: nothing trains it',
    ])
  })

  it('has a loss', () => {
    expect(
      complaints(
        experimentWith({
          lossWeights: [
            { hard: 0, soft: 0 },
            { hard: 0, soft: 1 },
          ],
        }),
      ),
    ).toEqual(['6:17  lossWeights[0]: expected a weight above 0, got two zeros: a loss that is always 0'])
  })
})

describe('the split', () => {
  const split = (parts: object) => experimentWith({ dataset: { type: 'mnist', split: parts } })

  it('takes no more than the dataset has', () => {
    expect(complaints(split({ train: 55001 }))).toEqual([
      '3:45  dataset.split.train: expected at most 55000 samples (mnist has 60000, of which validation takes 5000), got 55001',
    ])
    expect(complaints(split({ train: 55000, test: 10000 }))).toEqual([])
    expect(complaints(split({ validation: 60000, test: 10001 }))).toEqual([
      "3:50  dataset.split.validation: expected at most 59999 samples, which leaves one of mnist's 60000 to train on, got 60000",
      '3:63  dataset.split.test: expected at most 10000 samples (mnist has no more for testing), got 10001',
    ])
  })

  it('leaves at least one batch', () => {
    expect(complaints(split({ train: 127 }))).toEqual([
      '1:1  training.batchSize: expected at most 127, the samples that are trained on, got 128',
    ])
    const students = [student('a', { batchSize: 300 })]
    const sweep = { 'training.batchSize': { values: [256, 257] } }
    const dataset = { type: 'mnist', split: { train: 256 } }
    expect(complaints(experimentWith({ dataset, students }))).toEqual([
      '5:92  students[0].training.batchSize: expected at most 256, the samples that are trained on, got 300',
    ])
    expect(complaints(experimentWith({ dataset, students, sweep }))).toEqual([
      '6:47  sweep["training.batchSize"].values[1]: expected at most 256, the samples that are trained on, got 257',
    ])
  })
})

describe('a model’s training', () => {
  it('has no settings of another optimizer', () => {
    const students = [
      student('a', { optimizer: { momentum: 0.9 } }),
      student('b', { optimizer: { type: 'sgd', momentum: 0.9, beta1: 0.9 } }),
    ]
    expect(complaints(experimentWith({ students }))).toEqual([
      '5:93  students[0].training.optimizer.momentum: adam has no "momentum"; expected "type", "learningRate", "beta1", "beta2", "epsilon" or "weightDecay"',
      '5:218  students[1].training.optimizer.beta1: sgd has no "beta1"; expected "type", "learningRate", "momentum", "nesterov" or "weightDecay"',
    ])
  })
})

describe('the device', () => {
  it('is one that the engine has on some machine', () => {
    expect(complaints(experimentWith({ engine: 'tensorflow', device: 'webgpu', teachers: [{ id: 'big' }] }))).toEqual([
      expect.stringContaining('teachers[0].architecture: missing'),
      '7:11  device: expected "auto", "cpu" or "cuda": engine "tensorflow" has no other devices, got "webgpu"',
    ])
    for (const engine of ['auto', 'onnx', 'tensorflow']) {
      for (const device of ['auto', 'cpu', 'webgpu', 'cuda']) {
        if (engine === 'tensorflow' && device === 'webgpu') continue
        expect(complaints(experimentWith({ engine, device }))).toEqual([])
      }
    }
  })
})

describe('a grid', () => {
  const many = (length: number) => Array.from({ length }, (_, index) => index + 1)
  const teachers = many(3).map((units) => ({ id: `t${units}`, architecture: mlp(units) }))
  const students = many(5).map((units) => ({ id: `s${units}`, architecture: mlp(units) }))
  const large = { teachers, students, temperatures: many(100), seeds: many(1000) }

  it('of over a million trials is refused unless asked for', () => {
    const found = '3 teachers + 5 students x 1,000 seeds x (1 baseline + 3 teachers x 100 temperatures x 1 loss weight)'
    expect(complaints(experimentWith(large))).toEqual([
      `1:1  execution.maximumTrials: expected at most 1,000,000 trials, got ${found} = 1,505,003 trials; raise execution.maximumTrials to allow it`,
    ])
    expect(complaints(experimentWith({ ...large, execution: { maximumTrials: 1_505_003 } }))).toEqual([])
    expect(complaints(experimentWith({ ...large, execution: { maximumTrials: 1_505_002 } }))).toEqual([
      expect.stringMatching(/^8:31 {2}execution\.maximumTrials: expected at most 1,505,002 trials, got 3 teachers/),
    ])
  })

  it('is told of beside other faults', () => {
    expect(complaints(experimentWith({ ...large, engine: 'onx' }))).toEqual([
      expect.stringContaining('= 1,505,003 trials'),
      expect.stringContaining('engine: expected "auto", "onnx" or "tensorflow"'),
    ])
  })

  it('is counted, not built: more trials than a machine could hold', () => {
    const axes = many(40).map((index) => [`architecture.hidden.${index - 1}`, { values: many(1000) }])
    const wide = [{ id: 'wide', architecture: mlp(...many(40)) }]
    expect(complaints(experimentWith({ students: wide, sweep: Object.fromEntries(axes) }))).toEqual([
      expect.stringMatching(/points of the sweep axes x 1 seed x .* = [\d,]{120,} trials; raise/),
    ])
  })
})

it('everything is told at once, in the order of the file', () => {
  const text = experimentWith({
    engin: 'onnx',
    dataset: { type: 'mnist', split: { test: 0 } },
    students: [student('big'), { id: 'x', architecture: { type: 'cnn', filters: [] } }],
    pairs: [{ teacher: 'bgi', student: 'x' }],
    lossWeights: [{ hard: 0, soft: 0 }],
    sweep: { 'training.epochs': { values: [] }, 'training.epocs': { values: [1] } },
  })
  expect(complaints(text)).toEqual([
    '3:44  dataset.split.test: expected "all" or an integer of at least 1, got 0',
    '5:20  students[0].id: expected an id that no other teacher or student has, got "big", the id of teachers[0]',
    '5:134  students[1].architecture.filters: expected at least 1 item, got []',
    '6:1  engin: unknown name "engin"; did you mean "engine"?',
    '7:22  pairs[0].teacher: expected the id of a teacher: "big", got "bgi"; did you mean "big"?',
    '8:17  lossWeights[0]: expected a weight above 0, got two zeros: a loss that is always 0',
    '9:39  sweep["training.epochs"].values: expected at least 1 item, got []',
    '9:43  sweep["training.epocs"]: applies to no student; did you mean "training.epochs"?',
  ])
})
