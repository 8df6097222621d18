// What a teacher that is not trained here is found to know of real digits before anything trains, and what is said of it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ResolvedGiven, ResolvedLogits, ResolvedOnnx } from '@retort/schema/given'
import type { ResolvedDataset } from '@retort/schema/trial'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { definition, fill } from '../../orchestrator/src/spec/schema.ts'
import { atLeast, atMost } from '../../orchestrator/src/trial/given/chance.ts'
import {
  arePercentages,
  probabilitiesIn,
  wrongProbabilities,
} from '../../orchestrator/src/trial/given/probabilities.ts'
import { isAtChance, isBelowCommonest, isBetter, tallyOfAnswers } from '../../orchestrator/src/trial/given/tally.ts'
import { inspect } from '../../orchestrator/src/trial/inspect.ts'
import { npy } from './arrayFiles.ts'
import { digits } from './fixture.ts'
import { coloured, fileOf, folder, problemOf, workshop } from './givenTeachers.ts'
import { type Graph, type Node, onnxBytes, onnxFile, onnxTeacher } from './onnxModels.ts'

const [size, classes] = [784, 10]
const dataset = digits()

/** Of each class the mean of its training images, and what stands for its length: together the nearest mean. */
const means = new Float32Array(size * classes)
const lengths = new Float32Array(classes)

beforeAll(async () => {
  const { train } = await loadDataset(dataset)
  const counts = new Array<number>(classes).fill(0)
  for (const index of train.indices) {
    const label = train.labels[index]!
    counts[label]!++
    for (let at = 0; at < size; at++) means[at * classes + label]! += train.inputs[index * size + at]!
  }
  for (let at = 0; at < means.length; at++) means[at]! /= counts[at % classes]!
  for (let at = 0; at < means.length; at++) lengths[at % classes]! -= means[at]! ** 2 / 2
})

const reversed = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
const oneOnly = reversed.map((label) => (label === 1 ? 1e30 : 0))

/** Names the class with the nearest mean, of bytes as they are. */
const nearest = (last: Node[] = [], output = 'z'): Graph => ({
  inputs: { x: { dims: ['n', 28, 28, 1] } },
  outputs: { [output]: { dims: ['n', classes] } },
  nodes: [{ op: 'Flatten', in: ['x'], out: ['flat'] }, { op: 'Gemm', in: ['flat', 'w', 'b'], out: ['z'] }, ...last],
  weights: { w: { dims: [size, classes], values: means }, b: { dims: [classes], values: lengths } },
})

async function warningsOf(given: ResolvedGiven, data: ResolvedDataset = dataset): Promise<string[]> {
  const { models } = await inspect({ task: 'inspect', dataset: data, architectures: [given] }, workshop)
  const [model] = models
  if ('problem' in model!) throw new Error(model.problem)
  return model!.warnings!.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('a model', () => {
  it('that is given its inputs as it was trained is not spoken of', async () => {
    expect(await warningsOf(onnxTeacher('raw.onnx', nearest(), { normalisation: 'none' }))).toEqual([])
  })

  it('at chance is told the way in which it works', async () => {
    expect(await warningsOf(onnxTeacher('raw.onnx', nearest()))).toEqual([
      expect.stringMatching(
        /^normalisation: right on [\d.]+ % of 200 validation samples, and on (7[5-9]|8\d)\.\d % of 200 with "normalisation":"none": say that if it is what the model takes$/,
      ),
    ])
  })

  it('of channels in the other order is told so, by what changes least', async () => {
    // The nearest mean again, of what the first channel has: the third one's numbers are another digit's.
    const first = new Float32Array(3 * size * classes)
    first.set(means)
    const teacher = onnxTeacher(
      'channels.onnx',
      {
        inputs: { x: { dims: ['n', 3 * size] } },
        outputs: { y: { dims: ['n', classes] } },
        nodes: [{ op: 'Gemm', in: ['x', 'w', 'b'], out: ['y'] }],
        weights: { w: { dims: [3 * size, classes], values: first }, b: { dims: [classes], values: lengths } },
      },
      { normalisation: 'none', inputLayout: 'NHWC' },
    )
    expect(await warningsOf({ ...teacher, inputLayout: 'NCHW' }, coloured())).toEqual([])
    expect(await warningsOf(teacher, coloured())).toEqual([
      expect.stringMatching(
        /^inputLayout: right on [\d.]+ % of 200 .* and on [78]\d\.\d % of 200 with "inputLayout":"NCHW": say/,
      ),
    ])
  })

  it('that knows nothing in any way is told so', async () => {
    const constant = [{ op: 'Mul', in: ['z', 'zero'], out: ['y'] }]
    const graph = nearest(
      [{ op: 'Constant', in: [], out: ['zero'], with: { value: { dims: [1], values: [0] } } }, ...constant],
      'y',
    )
    expect(await warningsOf(onnxTeacher('nothing.onnx', graph))).toEqual([
      expect.stringMatching(
        /^file: right on [\d.]+ % of 200 validation samples, no better than chance, [\d.]+ %: most likely its inputs/,
      ),
    ])
  })

  it('with the classes in another order is told which', async () => {
    const order = { dims: [classes], values: [1, 0, 2, 3, 4, 5, 6, 7, 8, 9], type: 'int64' as const }
    const graph = nearest(
      [
        { op: 'Constant', in: [], out: ['order'], with: { value: order } },
        { op: 'Gather', in: ['z', 'order'], out: ['y'], with: { axis: 1 } },
      ],
      'y',
    )
    expect(await warningsOf(onnxTeacher('order.onnx', graph, { normalisation: 'none' }))).toEqual([
      expect.stringMatching(
        /^file: right on [\d.]+ % of 200 validation samples: most likely it has the classes in another order \(its 0 is the data's 1, its 1 is the data's 0\), by which it is right on [78]\d/,
      ),
    ])
  })

  it('whose order of classes explains more than another reading is told of the order', async () => {
    // The nearest mean of the bytes, in an order that standardised inputs happen to suit a little: always class 1 of those.
    const graph = nearest(
      [
        {
          op: 'Constant',
          in: [],
          out: ['order'],
          with: { value: { dims: [classes], values: reversed, type: 'int64' } },
        },
        { op: 'Gather', in: ['z', 'order'], out: ['turned'], with: { axis: 1 } },
        { op: 'ReduceMin', in: ['x'], out: ['least'], with: { keepdims: 0 } },
        { op: 'Constant', in: [], out: ['zero'], with: { value: { dims: [1], values: [0] } } },
        { op: 'Less', in: ['least', 'zero'], out: ['standardised'] },
        { op: 'Constant', in: [], out: ['one'], with: { value: { dims: [1, classes], values: oneOnly } } },
        { op: 'Add', in: ['turned', 'one'], out: ['suited'] },
        { op: 'Where', in: ['standardised', 'suited', 'turned'], out: ['y'] },
      ],
      'y',
    )
    expect(await warningsOf(onnxTeacher('turned.onnx', graph, { normalisation: 'none' }))).toEqual([
      expect.stringMatching(/^file: .* classes in another order .*, by which it is right on [78]\d/),
    ])
  })

  it('that answers otherwise each time is told so', async () => {
    const dropout: Node[] = [
      { op: 'Constant', in: [], out: ['half'], with: { value: { dims: [], values: [0.5] } } },
      { op: 'Cast', in: ['half'], out: ['training'], with: { to: 9 } },
      { op: 'Dropout', in: ['z', 'half', 'training'], out: ['y'] },
    ]
    const [first] = await warningsOf(onnxTeacher('dropout.onnx', nearest(dropout, 'y'), { normalisation: 'none' }))
    expect(first).toBe(
      'file: answers the same samples differently each time, as with dropout left on: export it in evaluation mode, model.eval()',
    )
  })

  it('that gives probabilities is refused where nothing says what it gives', async () => {
    const soft = (op: string) =>
      nearest(
        [
          { op: 'Constant', in: [], out: ['scale'], with: { value: { dims: [1], values: [1e-6] } } },
          { op: 'Mul', in: ['z', 'scale'], out: ['s'] },
          { op, in: ['s'], out: ['y'], with: { axis: 1 } },
        ],
        'y',
      )
    const left: Partial<ResolvedOnnx> = { normalisation: 'none', leftOut: ['gives'] }
    expect(await problemOf(dataset, onnxTeacher('soft.onnx', soft('Softmax'), left))).toBe(
      'gives: expected logits, got probabilities, rows from 0 to 1 whose sum is 1: say "gives": "probabilities", or "gives": "logits" to have them softened as logits all the same',
    )
    expect(await warningsOf(onnxTeacher('soft.onnx', soft('Softmax'), { normalisation: 'none' }))).toEqual([])
    const gives = 'probabilities' as const
    expect(await warningsOf(onnxTeacher('soft.onnx', soft('Softmax'), { normalisation: 'none', gives }))).toEqual([])
    // Logarithms of probabilities are logits.
    expect(await warningsOf(onnxTeacher('log.onnx', soft('LogSoftmax'), left))).toEqual([])
  })
})

describe('a sigmoid for each class', () => {
  const sigmoids = nearest(
    [
      { op: 'Constant', in: [], out: ['scale'], with: { value: { dims: [1], values: [1e-6] } } },
      { op: 'Mul', in: ['z', 'scale'], out: ['s'] },
      { op: 'Sigmoid', in: ['s'], out: ['y'] },
    ],
    'y',
  )

  it('is refused where nothing says what it gives', async () => {
    const left: Partial<ResolvedOnnx> = { normalisation: 'none', leftOut: ['gives'] }
    expect(await problemOf(dataset, onnxTeacher('sigmoids.onnx', sigmoids, left))).toBe(
      'gives: expected logits, got numbers from 0 to 1, as of a sigmoid for each class: take what goes into it, or say "gives": "logits" to have them softened as logits all the same',
    )
    expect(await warningsOf(onnxTeacher('sigmoids.onnx', sigmoids, { normalisation: 'none' }))).toEqual([])
  })
})

it.each([
  ['rows whose sum is 1', [0.25, 0.75, 0.5, 0.5], 'rows'],
  // scikit-learn's forests of two classes by skl2onnx 1.20: the first class is 1 - p in float32.
  ['what float32 leaves of 1 - p', [-3.5762786865234375e-7, 1.0000003576278687, 0.4, 0.6], 'rows'],
  ['a column for two classes', Array.from({ length: 16 }, (_, at) => (at % 2 ? at / 16 : 0)), 'column'],
  ['a sigmoid for each class', Array.from({ length: 16 }, (_, at) => 0.4 + at / 32), 'each'],
  ['logits', [-1, 2, 0.5, 0.5], null],
  ['a few numbers from 0 to 1', [0.4, 0.9, 0.3, 0.2], null],
] as const)('%s are recognised', (_, rows, kind) => {
  expect(probabilitiesIn(Float32Array.from(rows), 2)).toBe(kind)
})

it('takes probabilities that rounding leaves below 0 or above 1, none that are far from it', () => {
  expect(wrongProbabilities(Float32Array.of(-3.5762786865234375e-7, 1.0000003576278687))).toBeUndefined()
  expect(wrongProbabilities(Float32Array.of(-0.01, 1.01))).toBe(
    'expected probabilities from 0 to 1, got -0.009999999776482582',
  )
})

describe('logits in files', () => {
  /** Right on nine of ten samples, by the labels of another sample where `of` says so. */
  async function files(of: { train?: (sample: number) => number; test?: (sample: number) => number }, rowOf = logit) {
    const data = await loadDataset(dataset)
    const file = (name: 'train' | 'test', { labels }: { labels: Int32Array }) => {
      const rows = Float32Array.from({ length: labels.length * classes }, (_, at) => {
        const sample = Math.floor(at / classes)
        const label = labels[of[name]?.(sample) ?? sample]!
        return rowOf((sample % 10 === 3 ? (label + 1) % classes : label) === at % classes)
      })
      writeFileSync(join(folder, `${name}.npy`), npy([labels.length, classes], rows))
      return { ...fileOf(`${name}.npy`), tensor: null, ids: null }
    }
    const given: ResolvedLogits = {
      type: 'logits',
      train: file('train', data.train),
      test: file('test', data.test),
      gives: 'logits',
    }
    return given
  }
  const logit = (isLabel: boolean): number => (isLabel ? 4 : -1)

  it('that belong to their samples are not spoken of', async () => {
    expect(await warningsOf(await files({}))).toEqual([])
  })

  it('whose rows are of other samples are told of in the split where they are', async () => {
    const said = (name: string) =>
      expect.stringMatching(
        new RegExp(
          `right on [\\d.]+ % of [\\d,]+ ${name} samples, no better than chance, [\\d.]+ %: most likely its rows stand in another order`,
        ),
      )
    const shifted = (sample: number) => (sample + 7) % 300
    expect(await warningsOf(await files({ test: shifted }))).toEqual([said('test')])
    expect(await warningsOf(await files({ train: (sample) => (sample + 7) % 1000 }))).toEqual([said('training')])
    const [warning] = await warningsOf(await files({ test: shifted }))
    expect(warning).toMatch(/^test\.file: /)
  })

  it('that are probabilities are refused where nothing says what they are', async () => {
    const given = await files({}, (isLabel) => (isLabel ? 0.91 : 0.01))
    expect(await problemOf(dataset, { ...given, leftOut: ['gives'] })).toMatch(
      /^gives: expected logits, got probabilities/,
    )
    expect(await warningsOf(given)).toEqual([])
    expect(await warningsOf({ ...given, gives: 'probabilities' })).toEqual([])
  })
})

it('percentages in files are refused where nothing says what they are', async () => {
  const { train } = await loadDataset(dataset)
  const rows = Float32Array.from({ length: 1000 * classes }, (_, at) =>
    train.labels[Math.floor(at / classes)] === at % classes ? 91.2 : 1,
  )
  writeFileSync(join(folder, 'percent.npy'), npy([1000, classes], rows))
  const given: ResolvedLogits = {
    type: 'logits',
    train: { ...fileOf('percent.npy'), tensor: null, ids: null },
    test: null,
    gives: 'logits',
  }
  expect(await problemOf(dataset, { ...given, leftOut: ['gives'] })).toBe(
    'gives: expected logits, got percentages, rows from 0 on whose sum is 100: divide them by 100 and say "gives": "probabilities", or say "gives": "logits" to have them softened as they are',
  )
  expect(await warningsOf(given)).toEqual([])
})

it('takes rows for percentages whose sum is 100, rounded, and no others', () => {
  const are = (...rows: number[][]) => arePercentages(Float32Array.from(rows.flat()), 3)
  expect(are([33, 33, 33], [0, 99.5, 0.5])).toBe(true)
  expect(are([33, 33, 33])).toBe(false)
  expect(are([33, 33, 33], [50, 60, -10])).toBe(false)
  expect(are([33, 33, 33], [30, 30, 30])).toBe(false)
})

describe('what onnxruntime refuses', () => {
  const linear = (changes: Partial<Graph>): Graph => ({ ...nearest(), ...changes })

  it.each([
    [
      'operator.onnx',
      () => onnxBytes(nearest([{ op: 'NoSuchOperator', in: ['z'], out: ['y'] }], 'y')),
      /^file: onnxruntime cannot run it: .*NoSuchOperator.*most likely it has an operator that onnxruntime lacks/,
    ],
    [
      'domain.onnx',
      () => onnxBytes(nearest([{ op: 'Own', in: ['z'], out: ['y'], domain: 'my.own' }], 'y')),
      /^file: onnxruntime cannot run it: .*my\.own/,
    ],
    [
      'opset.onnx',
      () => onnxBytes(nearest(), { opset: 99 }),
      /^file: onnxruntime cannot run it: .*most likely it was exported for a newer ONNX/,
    ],
    ['empty.onnx', () => new Uint8Array(), /^file: expected an ONNX model, got an empty file$/],
    ['graph.onnx', () => Uint8Array.of(8, 8), /^file: expected an ONNX model, got bytes without a graph$/],
    [
      'silent.onnx',
      () => onnxBytes({ ...nearest(), outputs: {} }),
      /^file: expected a model that gives logits, got one without an output$/,
    ],
    ['short.onnx', () => onnxBytes(nearest()).subarray(0, 20_000), /^file: expected an ONNX model, got other bytes/],
    [
      'shape.onnx',
      () =>
        onnxBytes(
          linear({
            weights: {
              w: { dims: [700, classes], values: means.subarray(0, 7000) },
              b: { dims: [classes], values: lengths },
            },
            inputs: { x: { dims: ['n', 'h', 'w', 1] } },
          }),
        ),
      /^file: onnxruntime fails while it runs it: .*most likely it was exported for inputs or a batch of another shape/,
    ],
  ] as [string, () => Uint8Array, RegExp][])('of %s is told where the file is named', async (name, bytes, expected) => {
    writeFileSync(join(folder, name), bytes())
    expect(await problemOf(dataset, onnxFile(name))).toMatch(expected)
  })

  it('is found for the largest token id, whoever has it', async () => {
    const line = (text: string, label: number) => JSON.stringify({ text, label })
    const lines = Array.from({ length: 40 }, (_, at) => line(`a b c ${at % 2 ? 'd' : 'e'}`, at % 2))
    const write = (name: string, more: string[]) =>
      writeFileSync(join(folder, name), `${[...lines, ...more].join('\n')}\n`)
    write('train.jsonl', [line('rare', 0)])
    write('test.jsonl', [])
    const texts = fill(definition('Dataset'), {
      type: 'jsonl',
      train: join(folder, 'train.jsonl'),
      test: join(folder, 'test.jsonl'),
      tokenizer: { type: 'words' },
      maxLength: 8,
      split: { validation: 10 },
    }) as ResolvedDataset
    const { vocabulary, train } = await loadDataset(texts)
    const largest = [...train.inputs].reduce((most, id) => Math.max(most, id), 0)
    const embedding = (rows: number) =>
      onnxTeacher('embedding.onnx', {
        inputs: { input_ids: { type: 'int64', dims: ['n', 'length'] } },
        outputs: { logits: { dims: ['n', 2] } },
        nodes: [
          { op: 'Gather', in: ['table', 'input_ids'], out: ['all'] },
          { op: 'ReduceMean', in: ['all'], out: ['logits'], with: { axes: [1], keepdims: 0 } },
        ],
        weights: { table: { dims: [rows, 2], values: new Float32Array(2 * rows).map((_, at) => Math.sin(at)) } },
      })
    expect(largest).toBeLessThan(vocabulary!)
    expect(await problemOf(texts, embedding(largest))).toMatch(
      new RegExp(
        `^file: onnxruntime fails while it runs it: .*idx=${largest} .*most likely it has fewer rows of an embedding`,
      ),
    )
    await warningsOf(embedding(largest + 1), texts)
  })
})

describe('what is chance', () => {
  // scipy.stats.binom: sf(k - 1, n, p), cdf(k, n, p)
  it.each([
    [9, 20, 1 / 3, 0.190548871565, 0.908104225513],
    [67, 150, 1 / 3, 0.002528346189, 0.998509519528],
    [0, 5, 0.5, 1, 0.03125],
    [5, 5, 0.5, 0.03125, 1],
    [60, 512, 0.1, 0.112319174467, 0.912254741446],
  ])('of %i of %i right by %f', (k, n, p, upper, lower) => {
    expect(atLeast(k, n, p)).toBeCloseTo(upper, 10)
    expect(atMost(k, n, p)).toBeCloseTo(lower, 10)
  })

  it('all of them and none of them together are everything', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.nat(300),
        (n, p, k) => {
          expect(Math.abs(atLeast(k, n, p) + atMost(k - 1, n, p) - 1)).toBeLessThan(1e-9)
        },
      ),
    )
  })

  it('is a class named always, and is not told of few samples', () => {
    const labels = Array.from({ length: 100 }, (_, at) => (at % 10 < 7 ? 0 : 1))
    const of = (answer: (label: number, at: number) => number) => tallyOfAnswers(labels.map(answer), labels, 2)
    expect(isAtChance(of(() => 0))).toBe(true)
    expect(isAtChance(of(() => 1))).toBe(true)
    expect(isBelowCommonest(of(() => 1))).toBe(true)
    expect(isBelowCommonest(of(() => 0))).toBe(false)
    // One that finds half of the rare class knows something, though hardly more answers are right.
    expect(isAtChance(of((label, at) => (label === 1 && at % 2 ? 1 : 0)))).toBe(false)
    expect(isAtChance(tallyOfAnswers([0, 1, 0], [0, 1, 0], 2))).toBeNull()
  })

  it('and so is a small difference', () => {
    const labels = Array.from({ length: 100 }, (_, at) => at % 4)
    const right = (count: number) =>
      tallyOfAnswers(
        labels.map((label, at) => (at < count ? label : (label + 1) % 4)),
        labels,
        4,
      )
    expect(isBetter(right(97), right(45))).toBe(true)
    expect(isBetter(right(53), right(45))).toBe(false)
    expect(isBetter(right(45), right(97))).toBe(false)
  })
})
