// Teachers of next tokens that are not trained here, on a real book: logits in files, ONNX models and ensembles say what
// loops in plain JavaScript do; what does not fit is refused, and tokenizers are compared.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogitsArtifact } from '@retort/schema/artifact'
import { artifactPath } from '@retort/schema/artifact'
import type { NamedEnsemble, ResolvedGiven, ResolvedLogits, ResolvedOnnx } from '@retort/schema/given'
import type { GivenMetrics } from '@retort/schema/metrics'
import type { GivenConfig, ResolvedArchitecture, ResolvedDataset, RetokenizedDataset } from '@retort/schema/trial'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Data } from '../../orchestrator/src/data/data.ts'
import { stream } from '../../orchestrator/src/data/random.ts'
import { retokenize } from '../../orchestrator/src/data/retokenized.ts'
import { wordsTokenizer } from '../../orchestrator/src/data/text/words.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { evaluateGiven } from '../../orchestrator/src/trial/given/evaluate.ts'
import type { Table } from '../../orchestrator/src/trial/halves.ts'
import { inspect } from '../../orchestrator/src/trial/inspect.ts'
import { readLogits } from '../../orchestrator/src/trial/logits.ts'
import { runLogits } from '../../orchestrator/src/trial/runLogits.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import { mobyDick } from '../data/mobyDick.ts'
import { softmax } from '../objectives/reference.ts'
import { resolved } from '../zoo/architectures.ts'
import { npy, safetensors } from './arrayFiles.ts'
import {
  adam,
  config,
  type Done,
  expectDone,
  hashOf,
  logitsFrom,
  placement,
  request,
  run,
  softTargets,
  temporaryFolder,
} from './fixture.ts'

const folder = temporaryFolder()
const text = mobyDick
const [length, windows, tests] = [12, 220, 30]
const dataset: ResolvedDataset = {
  type: 'next-token',
  text,
  test: 0.1,
  length,
  tokenizer: { type: 'characters' },
  split: { train: 200, validation: 20, test: tests },
}
const workshop = openWorkshop(openEngine)
const channel = { emit: () => {}, stopRequested: () => false }
const gpt = (changes: object = {}): ResolvedArchitecture =>
  resolved({ type: 'causal-transformer', width: 16, depth: 1, heads: 2, expansion: 2, ...changes })
const training = { epochs: 2, batchSize: 20, optimizer: adam({ learningRate: 0.01 }) }

const save = (name: string, bytes: Uint8Array | string) => {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return { file: name, path, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') }
}
const array = (name: string, bytes: Uint8Array) => ({ ...save(name, bytes), tensor: null as string | null, ids: null })

/** A given teacher as its students have it: measured, and its logits as they read them. */
async function said(given: ResolvedGiven, members: LogitsArtifact[] = [], of: ResolvedDataset = dataset) {
  const own: GivenConfig = {
    role: 'given',
    dataset: of,
    architecture: given,
    training: { epochs: 0 },
    seed: 0,
    distillation: null,
  }
  const common = { trial: 'any', config: own, placement, artifacts: folder, members }
  const measured = await evaluateGiven({ task: 'evaluate', ...common }, channel, workshop)
  expect(measured).toMatchObject({ outcome: 'done' })
  const computed = await runLogits({ task: 'logits', ...common, weights: null }, channel, workshop)
  expect(computed).toMatchObject({ outcome: 'computed' })
  const { logits } = computed as { logits: LogitsArtifact }
  return { metrics: (measured as { metrics: GivenMetrics }).metrics, logits, ...(await numbersOf(logits)) }
}

async function numbersOf(logits: LogitsArtifact): Promise<{ train: Float32Array; test: Float32Array | null }> {
  const { train, test } = await readLogits(folder, logits, await workshop.data(dataset))
  expect(train).toBeInstanceOf(Uint16Array)
  return { train: Float32Array.from(train as Uint16Array, valueOfHalf), test }
}

/** By the format's definition. */
function valueOfHalf(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return sign * Number.POSITIVE_INFINITY
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

async function problemOf(given: ResolvedGiven | NamedEnsemble, of: ResolvedDataset = dataset): Promise<string> {
  const { models } = await inspect({ task: 'inspect', dataset: of, architectures: [given] }, workshop)
  expect(models).toMatchObject([{ problem: expect.any(String) }])
  const [{ problem, path }] = models as [{ problem: string; path: string[] }]
  return `${path.join('.')}: ${problem}`
}

let data: Data
let width: number
const trained: { done: Done; logits: LogitsArtifact }[] = []
beforeAll(async () => {
  data = await workshop.data(dataset)
  width = length * data.classes
  for (const seed of [1, 2]) {
    const own = config({ role: 'teacher', dataset, architecture: gpt(), training, seed })
    const done = expectDone((await run(request(folder, `teacher ${seed}`, own), undefined, workshop)).result)
    trained.push({ done, logits: await logitsFrom(folder, own, done, workshop) })
  }
})

const furthest = (one: ArrayLike<number>, other: ArrayLike<number>): number => {
  expect(one.length).toBe(other.length)
  return Array.from(one).reduce((most, value, at) => Math.max(most, Math.abs(value - other[at]!)), 0)
}

describe('an ensemble', () => {
  const weights = [0.25, 0.75]
  const ensemble = (mean: 'logits' | 'probabilities') => ({
    type: 'ensemble' as const,
    of: weights.map((weight, place) => ({ model: String(place), trial: String(place), weight })),
    mean,
  })

  it.each(['logits', 'probabilities'] as const)('is the weighted mean of its members’ %s', async (mean) => {
    const members = trained.map(({ logits }) => logits)
    const { train, test, metrics, logits } = await said(ensemble(mean), members)
    expect(logits).toMatchObject({ trainSamples: windows, testSamples: tests, classes: data.classes, aligned: null })
    const own = await Promise.all(members.map(numbersOf))
    for (const part of ['train', 'test'] as const) {
      const mixed = (part === 'train' ? train : test)!
      expect(mixed.length).toBe((part === 'train' ? windows : tests) * width)
      for (let start = 0; start < mixed.length; start += data.classes) {
        const rows = own.map((each) => [...each[part]!.subarray(start, start + data.classes)])
        const of = (row: number[]) => (mean === 'logits' ? row : softmax(row))
        const expected = rows[0]!.map((_, at) => weights[0]! * of(rows[0]!)[at]! + weights[1]! * of(rows[1]!)[at]!)
        const got = [...mixed.subarray(start, start + data.classes)]
        // Halves hold three digits, of a number or of the logarithm of one.
        const compared = mean === 'logits' ? got : softmax(got)
        expect(furthest(compared, expected)).toBeLessThan(mean === 'logits' ? 4e-3 : 2e-3)
      }
    }
    const right = [...data.test.labels].filter((label, place) => {
      const row = [...test!.subarray(place * data.classes, (place + 1) * data.classes)]
      return row.indexOf(Math.max(...row)) === label
    })
    expect(metrics.testAccuracy).toBeCloseTo(right.length / (tests * length), 2)
  })

  it('teaches', async () => {
    const { logits } = await said(
      ensemble('probabilities'),
      trained.map(({ logits }) => logits),
    )
    const student = config({
      dataset,
      architecture: gpt(),
      training: { ...training, epochs: 6 },
      distillation: { teacher: 'both', objective: softTargets, temperature: 1, weights: { hard: 0, soft: 1 } },
    })
    const { result, events } = await run(request(folder, 'student', student, logits), undefined, workshop)
    expect(expectDone(result).metrics.teacherAgreement).toBeGreaterThan(0.1)
    const losses = events.flatMap((event) => (event.type === 'epoch' ? [event.record.softLoss!] : []))
    expect(losses[1]!).toBeLessThan(losses[0]!)
  })
})

describe('logits in files', () => {
  const random = (rows: number): Float32Array => {
    const next = stream('rows', rows)
    return Float32Array.from({ length: rows * width }, () => Math.fround((next() % 4096) / 256 - 8))
  }
  const of = (changes: Partial<ResolvedLogits> = {}): ResolvedLogits => ({
    type: 'logits',
    train: array('train.npy', npy([windows, length, data.classes], random(windows))),
    test: array('test.npy', npy([testWindows(), length, data.classes], random(testWindows()))),
    gives: 'logits',
    ...changes,
  })
  const testWindows = () => data.test.labels.length / length

  it('are what they are, window by window', async () => {
    const { train, test, metrics } = await said(of())
    expect(train).toEqual(random(windows))
    expect(test).toEqual(random(testWindows()).subarray(0, tests * width))
    let [right, positions] = [0, 0]
    for (const window of data.validation.indices) {
      for (let at = 0; at < length; at++) {
        const row = random(windows).subarray(
          window * width + at * data.classes,
          window * width + (at + 1) * data.classes,
        )
        positions++
        if (row.indexOf(Math.max(...row)) === data.train.labels[window * length + at]) right++
      }
    }
    expect(metrics.validationAccuracy).toBeCloseTo(right / positions, 12)
    expect(metrics).toMatchObject({ parameters: null, teacherAgreement: null })
  })

  it.each([-1e9, -3.4028234663852886e38, Number.NEGATIVE_INFINITY])(
    'may mask tokens at %d, and teach',
    async (mask) => {
      const rows = random(windows).map((value, at) => (at % data.classes > data.classes - 4 ? mask : value))
      const { train, logits } = await said(
        of({ train: array('masked.npy', npy([windows, length, data.classes], rows)) }),
      )
      expect(train[data.classes - 1]).toBe(Number.NEGATIVE_INFINITY)
      const student = config({
        dataset,
        architecture: gpt(),
        training,
        distillation: { teacher: 'masked', objective: softTargets, temperature: 1, weights: { hard: 0, soft: 1 } },
      })
      const { result, events } = await run(request(folder, 'student', student, logits), undefined, workshop)
      expectDone(result)
      const losses = events.flatMap((event) => (event.type === 'epoch' ? [event.record.softLoss!] : []))
      expect(losses.every((loss) => loss > 0 && loss < 20)).toBe(true)
    },
  )

  it('may be a tensor of the windows that ids name, and probabilities', async () => {
    const used = Array.from({ length: windows }, (_, window) => windows - 1 - window)
    const rows = random(windows)
    const probabilities = used.flatMap((window) =>
      Array.from({ length }, (_, at) =>
        softmax([...rows.subarray(window * width + at * data.classes, window * width + (at + 1) * data.classes)]),
      ).flat(),
    )
    const tensors = {
      p: { dims: [windows, length, data.classes], values: probabilities, type: 'float64' as const },
      ids: { dims: [windows], values: used, type: 'int32' as const },
    }
    const file = save('both.safetensors', safetensors(tensors))
    const train = { ...file, tensor: 'p', ids: { ...file, tensor: 'ids' } }
    const { train: numbers, metrics } = await said(of({ train, test: null, gives: 'probabilities' }))
    expect(metrics).toMatchObject({ testAccuracy: null })
    for (let start = 0; start < numbers.length; start += 97 * data.classes) {
      const there = softmax([...numbers.subarray(start, start + data.classes)])
      expect(furthest(there, softmax([...rows.subarray(start, start + data.classes)]))).toBeLessThan(5e-3)
    }
  })

  it('are refused with their shape, and with row and position', async () => {
    const shaped = (dims: number[]) => {
      const values = random(windows).subarray(
        0,
        dims.reduce((product, side) => product * side, 1),
      )
      return of({ train: array('shaped.npy', npy(dims, Float32Array.from(values))) })
    }
    const expected = `expected [windows, 12, ${data.classes}], one logit for each class`
    expect(await problemOf(shaped([windows * length, data.classes]))).toBe(
      `train.file: shaped.npy: ${expected}, got [${windows * length}, ${data.classes}]`,
    )
    expect(await problemOf(shaped([windows, 11, data.classes]))).toBe(
      `train.file: shaped.npy: ${expected}, got [220, 11, ${data.classes}]`,
    )
    expect(await problemOf(shaped([windows, length, data.classes - 1]))).toContain(`got [220, 12, ${data.classes - 1}]`)
    expect(await problemOf(shaped([windows - 1, length, data.classes]))).toBe(
      'train.file: shaped.npy: expected 220 rows, one for each window of the training file, got 219; name the windows by ids where it has others',
    )
    const odd = random(windows)
    odd[7 * width + 3 * data.classes + 1] = Number.NaN
    const given = of({ train: array('odd.npy', npy([windows, length, data.classes], odd)) })
    expect(await problemOf(given)).toBe(
      'train.file: odd.npy: row 7, position 3: expected finite numbers, or -Infinity for masked classes, got NaN',
    )
  })
})

describe('an ONNX model', () => {
  const onnx = (changes: Partial<ResolvedOnnx> = {}): ResolvedOnnx => ({
    type: 'onnx',
    ...save('big.onnx', readFileSync(artifactPath(folder, hashOf(trained[0]!.done, 'onnx')))),
    inputLayout: null,
    output: null,
    gives: 'logits',
    normalisation: null,
    tokenizer: null,
    ...changes,
  })

  it('that was trained here says what it said here', async () => {
    const { train, test, metrics } = await said(onnx())
    const own = await numbersOf(trained[0]!.logits)
    expect(furthest(train, own.train)).toBeLessThan(5e-3)
    expect(furthest(test!, own.test!)).toBeLessThan(5e-3)
    const there = trained[0]!.done.metrics
    expect(metrics.testLoss).toBeCloseTo(there.testLoss, 4)
    expect(metrics.testAccuracy).toBeCloseTo(there.testAccuracy, 2)
    expect(metrics.perClass!.samples).toEqual(there.perClass.samples)
  })

  it('is refused where its windows, its classes or its tokenizer are others', async () => {
    const longer = { ...dataset, length: 13 } as ResolvedDataset
    expect(await problemOf(onnx(), longer)).toBe(
      'file: input "input": expected int32 or int64 token ids of [batch, 13], got int32 [batch, 12]',
    )
    const words = { ...dataset, tokenizer: { type: 'words', size: 50 } } as ResolvedDataset
    expect(await problemOf(onnx(), words)).toBe(
      `file: output "logits": expected float32 [batch, 12, 52], got float32 [batch, 12, ${data.classes}]`,
    )
    const stated = save('tokenizer.json', wordsTokenizer(['a b'], 2, 12))
    expect(await problemOf(onnx({ tokenizer: stated }))).toMatch(
      /^tokenizer: tokenizer\.json: not the data's tokenizer: model\.type is "WordLevel" there and "characters" here; token "<unknown>" is none there and 0 here; /,
    )
    const own = await workshop.data(words)
    const same = save('same.json', own.tokenizer!.json)
    expect(await problemOf(onnx({ tokenizer: same }), words)).toMatch(/^file: output "logits": /)
  })

  it('that tells the tokenizer of its training is refused where the data’s tokens are characters', async () => {
    const words = { ...dataset, tokenizer: { type: 'words', size: 30 } } as ResolvedDataset
    const teacher = config({
      role: 'teacher',
      dataset: words,
      architecture: gpt(),
      training: { ...training, epochs: 1 },
    })
    const done = expectDone((await run(request(folder, 'words', teacher), undefined, workshop)).result)
    const bytes = readFileSync(artifactPath(folder, hashOf(done, 'onnx')))
    const file = save('words.onnx', bytes)
    expect(await problemOf(onnx(file))).toMatch(
      /^file: it was trained with the tokenizer\.json of SHA-256 [0-9a-f]{64}, and the data's tokens are characters; /,
    )
    const { models } = await inspect({ task: 'inspect', dataset: words, architectures: [onnx(file)] }, workshop)
    expect(models).toMatchObject([{ onnxBytes: bytes.length, notes: [] }])
  })
})

describe('an ONNX model with a tokenizer of its own', () => {
  const students = { ...dataset, length: 9, tokenizer: { type: 'words', size: 60 } } as RetokenizedDataset['of']
  // Its windows have the characters of nine words, and as many before them as it has room for.
  const size = 80
  const own = { type: 'retokenized', of: students, tokenizer: { type: 'characters' }, length: size } as const

  it('teaches where tokens of both begin, as its file says in loops', async () => {
    const read = await retokenize(own)
    const teacher = config({ role: 'teacher', dataset: own, architecture: gpt(), training: { ...training, epochs: 1 } })
    const done = expectDone((await run(request(folder, 'own', teacher), undefined, workshop)).result)
    const trainedLogits = await logitsFrom(folder, teacher, done, workshop)
    const bytes = readFileSync(artifactPath(folder, hashOf(done, 'onnx')))
    const given: ResolvedOnnx = {
      type: 'onnx',
      ...save('own.onnx', bytes),
      inputLayout: null,
      output: null,
      gives: 'logits',
      normalisation: null,
      tokenizer: null,
    }
    const givenConfig: GivenConfig = {
      role: 'given',
      dataset: own,
      architecture: given,
      training: { epochs: 0 },
      seed: 0,
      distillation: null,
    }
    const common = { trial: 'any', config: givenConfig, placement, artifacts: folder, members: [] }
    const measured = await evaluateGiven({ task: 'evaluate', ...common }, channel, workshop)
    expect((measured as { metrics: GivenMetrics }).metrics.testLoss).toBeCloseTo(done.metrics.testLoss, 4)
    const computed = await runLogits({ task: 'logits', ...common, weights: null }, channel, workshop)
    const { logits } = computed as { logits: LogitsArtifact }
    expect(logits).toMatchObject({ aligned: read.alignment.aligned, classes: read.data.classes, testSamples: 0 })

    const data = await workshop.data(students)
    const { train, alignment } = await readLogits(folder, logits, data)
    const same = await readLogits(folder, trainedLogits, data)
    expect(same.alignment).toEqual(alignment)
    const values = (table: Table) => Float32Array.from(table as Uint16Array, valueOfHalf)
    expect(furthest(values(train), values(same.train))).toBeLessThan(5e-3)

    const session = await InferenceSession.create(bytes)
    const window = 100
    const ids = read.alignment.inputs.subarray(window * size, (window + 1) * size)
    const said = (await session.run({ input: new Tensor('int32', Int32Array.from(ids), [1, size]) })).logits!
    for (let at = 0; at < 9; at++) {
      const row = alignment!.rows[window * 9 + at]!
      const partner = read.alignment.partners[window * 9 + at]!
      const { classes } = read.data
      const sorted = [...(said.data as Float32Array).subarray(partner * classes, (partner + 1) * classes)].sort(
        (a, b) => b - a,
      )
      expect(furthest(values(train).subarray(row * classes, (row + 1) * classes), sorted)).toBeLessThan(5e-3)
    }
    await session.release()

    const student = config({
      dataset: students,
      architecture: gpt(),
      training,
      distillation: {
        teacher: 'own',
        objective: [{ type: 'uld', weight: 1 }],
        temperature: 1,
        weights: { hard: 0, soft: 1 },
      },
    })
    const { result, events } = await run(request(folder, 'of own', student, logits), undefined, workshop)
    expect(expectDone(result).metrics.teacherAgreement).toBeNull()
    const losses = events.flatMap((event) => (event.type === 'epoch' ? [event.record.softLoss!] : []))
    expect(losses[1]!).toBeLessThan(losses[0]!)

    // Of others than its windows' length it is no teacher.
    expect(await problemOf(given, { ...own, length: size + 1 })).toBe(
      'file: input "input": expected int32 or int64 token ids of [batch, 81], got int32 [batch, 80]',
    )
  })
})
