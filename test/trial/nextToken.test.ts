// Naming the next token of a real text, from windows to scores: what teachers and students learn, what their files
// give elsewhere, that logits in halves teach as they would whole, that groups are as trials alone, and resuming.
import { readFile } from 'node:fs/promises'
import type { LogitsArtifact } from '@retort/schema/artifact'
import { artifactPath } from '@retort/schema/artifact'
import { perplexityOf } from '@retort/schema/perplexity'
import type { ResolvedArchitecture, ResolvedDataset, ResolvedObjective, TrialConfig } from '@retort/schema/trial'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Data, noClass } from '../../orchestrator/src/data/data.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { inspect } from '../../orchestrator/src/trial/inspect.ts'
import { readLogits } from '../../orchestrator/src/trial/logits.ts'
import { runGroup } from '../../orchestrator/src/trial/runGroup.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import { mobyDick } from '../data/mobyDick.ts'
import { resolved } from '../zoo/architectures.ts'
import {
  adam,
  config,
  type Done,
  expectDone,
  hashOf,
  logitsFrom,
  mlp,
  request,
  run,
  softTargets,
  temporaryFolder,
} from './fixture.ts'

const folder = temporaryFolder()
const length = 24
const dataset: ResolvedDataset = {
  type: 'next-token',
  text: mobyDick,
  test: 0.1,
  length,
  tokenizer: { type: 'characters' },
  split: { train: 400, validation: 20, test: 30 },
}
const workshop = openWorkshop(openEngine)
const gpt = (changes: object = {}): ResolvedArchitecture =>
  resolved({ type: 'causal-transformer', width: 32, depth: 1, heads: 2, expansion: 2, ...changes })
const training = { epochs: 6, batchSize: 16, optimizer: adam({ learningRate: 0.01 }) }
const teacher = config({ role: 'teacher', dataset, architecture: gpt(), training })

let data: Data
let taught: Done
let logits: LogitsArtifact
beforeAll(async () => {
  data = await workshop.data(dataset)
  taught = expectDone((await run(request(folder, 'teacher', teacher), undefined, workshop)).result)
  logits = await logitsFrom(folder, teacher, taught, workshop)
})

const rowsOf = (part: 'train' | 'validation' | 'test') =>
  Array.from(data[part].indices, (window) => {
    const own = (all: ArrayLike<number>) => Array.from({ length }, (_, at) => all[window * length + at]!)
    return { inputs: own(data[part].inputs), labels: own(data[part].labels) }
  })

/** Cross entropy of how often each token follows any other, smoothed by one. */
function frequencyLoss(): number {
  const counts = new Array<number>(data.classes).fill(1)
  for (const { labels } of rowsOf('train')) for (const label of labels) counts[label]!++
  const total = counts.reduce((sum, count) => sum + count, 0)
  const losses = rowsOf('test').flatMap(({ labels }) => labels.map((label) => -Math.log(counts[label]! / total)))
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

describe('a teacher', () => {
  it('names tokens better than their frequencies do', () => {
    const { testLoss, testAccuracy, parameters, perClass } = taught.metrics
    expect(testLoss).toBeLessThan(frequencyLoss() - 0.2)
    expect(testAccuracy).toBeGreaterThan(0.2)
    expect(perplexityOf(dataset, testLoss)).toBeCloseTo(Math.exp(testLoss), 9)
    expect(perplexityOf({ type: 'mnist' }, testLoss)).toBeNull()
    const block = 4 * (32 * 32 + 32) + 2 * 32 * 64 + 64 + 32 + 2 * 64
    expect(parameters).toBe(data.classes * 32 + length * 32 + block + 64)
    expect(perClass.samples.reduce((sum, samples) => sum + samples, 0)).toBe(30 * length)
    expect(perClass.names!.slice(0, 3)).toEqual(['<unknown>', '\n', ' '])
  })

  it('leaves a file whose logits in plain onnxruntime have these scores, token by token', async () => {
    const session = await InferenceSession.create(artifactPath(folder, hashOf(taught, 'onnx')))
    expect(session.inputMetadata[0]).toMatchObject({ type: 'int32', shape: ['batch', length] })
    const rows = rowsOf('test')
    const input = new Tensor('int32', Int32Array.from(rows.flatMap(({ inputs }) => inputs)), [30, length])
    const given = (await session.run({ input })).logits!
    expect(given.dims).toEqual([30, length, data.classes])
    const values = given.data as Float32Array
    const labels = rows.flatMap((row) => row.labels)
    let [loss, right] = [0, 0]
    for (const [place, label] of labels.entries()) {
      const row = [...values.subarray(place * data.classes, (place + 1) * data.classes)]
      const largest = Math.max(...row)
      const sum = row.reduce((total, z) => total + Math.exp(z - largest), 0)
      loss += Math.log(sum) + largest - row[label]!
      if (row.indexOf(largest) === label) right++
    }
    expect(taught.metrics.testLoss).toBeCloseTo(loss / labels.length, 4)
    expect(taught.metrics.testAccuracy).toBeCloseTo(right / labels.length, 9)
    // And its logits are kept in halves: two bytes a number, behind them two hashes.
    const stored = await readFile(artifactPath(folder, logits.artifact))
    expect(stored.length).toBe(2 * (420 + 30) * length * data.classes + 64)
    expect(logits).toMatchObject({ trainSamples: 420, testSamples: 30, classes: data.classes })
    const { test } = await readLogits(folder, logits, data)
    for (const [place, value] of values.entries()) {
      expect(Math.abs(test![place]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11 + 1e-4)
    }
    await session.release()
  })
})

const objectives: [string, ResolvedObjective[]][] = [
  ['forward KL', softTargets],
  ['reverse KL', [{ type: 'reverse-kl', weight: 1 }]],
  ['JSD', [{ type: 'jsd', weight: 1, beta: 0.5 }]],
  ['the likeliest tokens', [{ type: 'top-k', weight: 1, k: 8 }]],
  ['sorted predictions', [{ type: 'uld', weight: 1 }]],
]

const student = (objective: ResolvedObjective[], changes: Partial<TrialConfig> = {}): TrialConfig =>
  config({
    dataset,
    architecture: gpt({ width: 16, tied: false, dropout: 0.1 }),
    training: { ...training, epochs: 2 },
    distillation: { teacher: 'teacher', objective, temperature: 1, weights: { hard: 0, soft: 1 } },
    ...changes,
  })

describe('a student', () => {
  it.each(objectives)('learns by %s alone, without a label', async (name, objective) => {
    const { result, events } = await run(request(folder, name, student(objective), logits), undefined, workshop)
    const records = events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []))
    expect(records[1]!.softLoss!).toBeLessThan(records[0]!.softLoss!)
    const { metrics } = expectDone(result)
    expect(metrics.teacherAgreement).toBeGreaterThan(metrics.testAccuracy)
    if (name === 'sorted predictions') return
    // Uniform predictions would have the logarithm of the classes.
    expect(metrics.testLoss).toBeLessThan(Math.log(data.classes) - 0.8)
  })

  it('learns which windows a layer of the teacher holds alike', async () => {
    const layers = [{ student: 'last_norm', teacher: 'last_norm' }]
    const trial = student([{ type: 'similarity-preserving', weight: 100, layers }])
    trial.distillation!.temperature = null
    const beside = { architecture: gpt(), weights: hashOf(taught, 'weights') }
    const { result, events } = await run(request(folder, 'similar', trial, logits, beside), undefined, workshop)
    expectDone(result)
    const losses = events.flatMap((event) => (event.type === 'epoch' ? [event.record.softLoss!] : []))
    expect(losses[1]!).toBeLessThan(losses[0]!)
  })

  it('in a group is as alone, seed by seed', async () => {
    const trials = [1, 2].map((seed) => student([{ type: 'top-k', weight: 1, k: 8 }], { seed }))
    const channel = { emit: () => {}, stopRequested: () => false }
    const requests = trials.map((trial, index) => request(folder, `group ${index}`, trial, logits))
    const together = (await runGroup(requests, () => channel, workshop)).map(expectDone)
    for (const [index, { metrics }] of together.entries()) {
      const alone = await run(request(folder, `alone ${index}`, trials[index]!, logits), undefined, workshop)
      const expected = expectDone(alone.result).metrics
      expect(metrics.testLoss).toBeCloseTo(expected.testLoss, 3)
      expect(metrics.validationLoss).toBeCloseTo(expected.validationLoss, 3)
    }
    expect(together[0]!.metrics.testLoss).not.toBe(together[1]!.metrics.testLoss)
  })

  it('that was stopped ends with the same bits', async () => {
    const trial = student(softTargets)
    const whole = expectDone((await run(request(folder, 'whole', trial, logits), undefined, workshop)).result)
    const asked = request(folder, 'stopped', trial, logits)
    expect((await run(asked, 17, workshop)).result).toEqual({ outcome: 'interrupted' })
    const resumed = expectDone((await run(asked, undefined, workshop)).result)
    expect(hashOf(resumed, 'weights')).toBe(hashOf(whole, 'weights'))
  })
})

it('models that do not fit say so, with both shapes', async () => {
  const sentence = 'expected an architecture for a class of each position'
  const { dataset: shape, models } = await inspect(
    { task: 'inspect', dataset, architectures: [mlp(), resolved({ type: 'transformer' }), gpt()] },
    workshop,
  )
  expect(shape).toMatchObject({ inputShape: [length], classes: data.classes, vocabulary: data.classes })
  const logitsOfText = `with logits [${length}, ${data.classes}], got logits [${data.classes}]`
  expect(models).toMatchObject([
    { problem: expect.stringContaining('expected an architecture for token ids'), path: ['type'] },
    { problem: `${sentence}, ${logitsOfText}`, path: ['type'] },
    { parameters: taught.metrics.parameters },
  ])
  const oneClass = {
    ...data,
    labelShape: [],
    train: { ...data.train, labels: data.train.labels.slice(0, 420) },
    test: { ...data.test, labels: data.test.labels.slice(0, 30) },
  }
  const other = await inspect(
    { task: 'inspect', dataset, architectures: [gpt()] },
    { ...workshop, data: async () => oneClass },
  )
  expect(other.models).toMatchObject([
    { problem: expect.stringContaining('expected an architecture for a class of each sample'), path: ['type'] },
  ])
})

it('positions without a class are not learned as if they had one', async () => {
  const labels = data.train.labels.with(5, noClass)
  const tagged = { ...data, train: { ...data.train, labels } }
  const { result } = await run(request(folder, 'tagged', student([], { distillation: null })), undefined, {
    ...workshop,
    data: async () => tagged,
  })
  expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('a class of every position') })
})
