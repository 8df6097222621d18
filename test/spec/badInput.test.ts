// What the schema refuses, and what only a reader of the whole experiment can: each with its place and both values.
import { describe, expect, it } from 'vitest'
import { complaints, experimentWith, problemsOf } from './complaints.ts'

const mlp = (...hidden: number[]) => ({ type: 'mlp', hidden })
const student = (id: string, training: object = {}) => ({ id, architecture: mlp(32), training })

const datasetTypes =
  '"mnist", "idx", "cifar-10", "cifar-100", "csv", "npy", "npz", "image-folder", "jsonl", "spam-assassin" or "next-token"'
const architectures =
  '"mlp", "cnn", "resnet", "bottleneck-resnet", "wrn", "vgg", "mobilenet", "mobilenet-v2", "shufflenet", "shufflenet-v2", "text-cnn", "lstm", "transformer", "causal-transformer" or "keras"'

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

describe('names', () => {
  it('of models are unique among teachers and students', () => {
    expect(complaints(experimentWith({ students: [student('big'), { id: 'big', architecture: mlp(1) }] }))).toEqual([
      '5:20  students[0].id: expected an id that no other teacher or student has, got "big", the id of teachers[0]',
      '5:91  students[1].id: expected an id that no other teacher or student has, got "big", the id of teachers[0]',
    ])
  })

  it('in pairs must exist', () => {
    const pairs = [
      { teacher: 'big', student: 'tinny' },
      { teacher: 'tiny', student: 'tiny' },
    ]
    expect(complaints(experimentWith({ pairs }))).toEqual([
      '6:38  pairs[0].student: expected the id of a student: "tiny", got "tinny"; did you mean "tiny"?',
      '6:58  pairs[1].teacher: expected a teacher, or {"student":"tiny"} where the student is to teach, got "tiny", a student',
    ])
  })

  it('of students that teach must exist, and in pairs each is wanted once', () => {
    const pairs = [
      { teacher: { student: 'tinny' }, student: 'tiny' },
      { teacher: { teacher: 'tiny' }, student: 'tiny' },
      { teacher: 7, student: 'tiny', generations: 0 },
      { teacher: { student: 'tiny' }, student: 'tiny', generations: 2 },
      { teacher: { student: 'tiny' }, student: 'tiny', generations: 3 },
    ]
    expect(complaints(experimentWith({ pairs }))).toEqual([
      '6:33  pairs[0].teacher.student: expected the id of a student: "tiny", got "tinny"; did you mean "tiny"?',
      '6:71  pairs[1].teacher.student: missing; expected text, such as "assistant"',
      '6:72  pairs[1].teacher.teacher: unknown name "teacher"; expected "student"',
      '6:119  pairs[2].teacher: expected text or an object, got 7',
      '6:152  pairs[2].generations: expected an integer from 1 to 100, got 0',
      '6:219  pairs[4]: expected each pair once, got {"teacher":{"student":"tiny"},"student":"tiny","generations":3} again after pairs[3]',
    ])
  })

  it('of students that teach must lead to somebody who was trained, and in no circle', () => {
    const students = ['a', 'b', 'c'].map((id, index) => student(id, { epochs: index + 1 }))
    const circle = [
      { teacher: { student: 'a' }, student: 'b' },
      { teacher: { student: 'b' }, student: 'c' },
      { teacher: { student: 'c' }, student: 'a' },
      { teacher: { student: 'c' }, student: 'c' },
    ]
    expect(complaints(experimentWith({ students, pairs: circle })).map((line) => line.replace(/^\S+ +/, ''))).toEqual([
      'pairs[2].teacher.student: expected students that do not teach each other in a circle, got "c" teaches "a" teaches "b" teaches "c"',
    ])
    const pairs = [
      { teacher: { student: 'a' }, student: 'b' },
      { teacher: { student: 'c' }, student: 'c' },
      { teacher: 'big', student: 'a' },
    ]
    expect(complaints(experimentWith({ students, pairs }))).toEqual([])
    const untaught = complaints(experimentWith({ students, pairs: pairs.slice(0, 2), baselines: [] }))
    expect(untaught.map((line) => line.replace(/^\S+ +/, ''))).toEqual([
      'students[0]: expected a pair with "a", or a baseline, got neither: nothing trains it',
      'pairs[0].teacher.student: nothing trains "a" as a teacher: expected a pair that teaches "a", or the baseline "scratch", got "baselines": []',
      'pairs[1].teacher.student: nothing trains "c" as a teacher: expected the baseline "scratch" to begin with, got "baselines": []',
    ])
  })

  it('of published figures must exist', () => {
    const published = [
      { student: 'tinny', testAccuracy: 0.9, source: 'a' },
      { student: 'tiny', teacher: 'tiny', testAccuracy: 90, source: 'b' },
    ]
    expect(complaints(experimentWith({ published }))).toEqual([
      expect.stringContaining(
        'published[0].student: expected the id of a student: "tiny", got "tinny"; did you mean "tiny"?',
      ),
      expect.stringContaining('published[1].teacher: expected the id of a teacher: "big", got "tiny"'),
      expect.stringMatching(/published\[1\]\.testAccuracy: expected .*1, got 90/),
    ])
  })

  it('of published figures are each one figure or finding, of something', () => {
    const of = { student: 'tiny', teacher: 'big' }
    const source = 'a'
    const published = [
      { ...of, source },
      { ...of, testAccuracy: 0.9, testErrors: { errors: 11, of: 10 }, source },
      { testAccuracy: 0.9, source },
      { student: 'tiny', temperature: 4, testAccuracy: 0.9, source },
      { teacher: 'big', temperatures: { above: 8, are: 'alike' }, source },
      { ...of, class: 3, temperatures: { are: 'best' }, source },
      { ...of, temperatures: { from: 2, above: 8, to: 1, are: 'best' }, source },
    ]
    const said = complaints(experimentWith({ published })).map((line) => line.replace(/^\S+\s+/, ''))
    const one = 'expected one of "testAccuracy", "testErrors" or "temperatures"'
    expect(said).toEqual([
      `published[0]: ${one}, got none`,
      `published[1]: ${one}, got "testAccuracy" and "testErrors"`,
      'published[1].testErrors.errors: expected at most 10, the samples, got 11',
      'published[2]: expected a student, a teacher, or both, got neither',
      'published[3].temperature: expected a student and its teacher beside it, got a student alone',
      'published[4].temperatures: expected a student and its teacher beside it, got a teacher alone',
      'published[5].class: expected none beside "temperatures", got 3',
      'published[5].temperatures: expected a bound: "from" or "above", or "to", got none',
      'published[6].temperatures: expected "from" or "above", got both',
      'published[6].temperatures.to: expected at least 2, the lowest, got 1',
    ])
    const fine = [
      { teacher: 'big', testErrors: { errors: 67, of: 10000 }, source },
      { ...of, temperatures: { from: 2.5, to: 4, are: 'best' }, source },
      { ...of, temperatures: { above: 8, are: 'alike' }, source },
      { ...of, class: 3, biasCorrected: false, testErrors: { errors: 133, of: 1010 }, source },
    ]
    expect(complaints(experimentWith({ published: fine }))).toEqual([])
  })

  it('in pairs need teachers at all', () => {
    expect(complaints(experimentWith({ teachers: [], pairs: [{ teacher: 'big', student: 'tiny' }] }))).toEqual([
      '6:22  pairs[0].teacher: expected a teacher of this file, got "big", and it has none',
    ])
  })

  it('make each pair once', () => {
    const pair = { teacher: 'big', student: 'tiny' }
    expect(complaints(experimentWith({ pairs: [pair, pair] }))).toEqual([
      '6:46  pairs[1]: expected each pair once, got {"teacher":"big","student":"tiny"} again after pairs[0]',
    ])
  })

  it('are not two for one model', () => {
    const same = { ...student('again'), architecture: { dropout: 0, ...mlp(32) } }
    expect(complaints(experimentWith({ students: [student('tiny'), same] }))).toEqual([
      '5:86  students[1]: the same model under two names, "again" and "tiny": their architecture and training are equal',
    ])
    const teachers = [1, 2, 1].map((seed, index) => ({ id: `t${index}`, architecture: mlp(9), seed }))
    expect(complaints(experimentWith({ teachers }))).toEqual([
      expect.stringContaining('teachers[2]: the same model under two names, "t2" and "t0"'),
    ])
  })

  it('are not two for models that only an axis told apart', () => {
    const students = [0.1, 0.2].map((learningRate) => student(`s${learningRate}`, { optimizer: { learningRate } }))
    const sweep = { 'training.optimizer.learningRate': { values: [0.3, 0.4] } }
    expect(complaints(experimentWith({ students }))).toEqual([])
    expect(complaints(experimentWith({ students, sweep }))).toEqual([
      expect.stringContaining('students[1]: the same model under two names, "s0.2" and "s0.1"'),
    ])
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
