// Teachers that read a real book by tokenizers of their own: what they learn, which logits they leave for whom, the loss
// of a student's step next to a naive loop over text, groups, resuming, and that only students of theirs can read them.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LogitsArtifact } from '@retort/schema/artifact'
import { artifactPath } from '@retort/schema/artifact'
import { perplexityOf } from '@retort/schema/perplexity'
import type { ResolvedArchitecture, ResolvedObjective, RetokenizedDataset, TrialConfig } from '@retort/schema/trial'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Data } from '../../orchestrator/src/data/data.ts'
import { type Retokenized, retokenize } from '../../orchestrator/src/data/retokenized.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { epochOrder } from '../../orchestrator/src/trial/batches.ts'
import { fromHalves } from '../../orchestrator/src/trial/halves.ts'
import { inspect } from '../../orchestrator/src/trial/inspect.ts'
import { readLogits, type TeacherLogits } from '../../orchestrator/src/trial/logits.ts'
import { profile } from '../../orchestrator/src/trial/profile.ts'
import { runGroup } from '../../orchestrator/src/trial/runGroup.ts'
import { timeGroup } from '../../orchestrator/src/trial/timeGroup.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import { mobyDick } from '../data/mobyDick.ts'
import { softmax } from '../objectives/reference.ts'
import { resolved } from '../zoo/architectures.ts'
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
  sgd,
  temporaryFolder,
} from './fixture.ts'

const folder = temporaryFolder()
const text = mobyDick
const workshop = openWorkshop(openEngine)
const gpt = (changes: object = {}): ResolvedArchitecture =>
  resolved({ type: 'causal-transformer', width: 32, depth: 1, heads: 2, expansion: 2, ...changes })
const training = { epochs: 8, batchSize: 16, optimizer: adam({ learningRate: 0.01 }) }
const uld: ResolvedObjective[] = [{ type: 'uld', weight: 1 }]

const characters = { type: 'characters' } as const
const words = { type: 'words', size: 200 } as const
const cases: [string, RetokenizedDataset][] = [
  [
    'words for characters',
    {
      type: 'retokenized',
      of: {
        type: 'next-token',
        text,
        test: 0.1,
        length: 48,
        tokenizer: characters,
        split: { train: 800, validation: 40, test: 40 },
      },
      tokenizer: words,
      length: null,
    },
  ],
  [
    'characters for words',
    {
      type: 'retokenized',
      of: {
        type: 'next-token',
        text,
        test: 0.1,
        length: 10,
        tokenizer: words,
        split: { train: 400, validation: 40, test: 40 },
      },
      tokenizer: characters,
      length: null,
    },
  ],
]

/** Cross entropy of how often each token follows any other, smoothed by one. */
function frequencyLoss({ train, test, classes, inputShape: [length] }: Data): number {
  const labelsOf = ({ labels, indices }: Data['train']) =>
    [...indices].flatMap((window) => [...labels.subarray(window * length!, (window + 1) * length!)])
  const counts = new Array<number>(classes).fill(1)
  for (const label of labelsOf(train)) counts[label]!++
  const total = counts.reduce((sum, count) => sum + count, 0)
  const losses = labelsOf(test).map((label) => -Math.log(counts[label]! / total))
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

describe.each(cases)('a teacher of %s', (name, dataset) => {
  const teacher = config({ role: 'teacher', dataset, architecture: gpt(), training })
  const student = (changes: Partial<TrialConfig> = {}): TrialConfig =>
    config({
      dataset: dataset.of,
      architecture: gpt({ width: 16, tied: false }),
      training: { ...training, epochs: 2 },
      distillation: { teacher: 'teacher', objective: uld, temperature: 2, weights: { hard: 0, soft: 1 } },
      ...changes,
    })
  const trained = dataset.of.split.train as number
  let taught: Done
  let logits: LogitsArtifact
  let own: Retokenized
  let students: Data
  let read: TeacherLogits
  beforeAll(async () => {
    own = await retokenize(dataset)
    taught = expectDone((await run(request(folder, name, teacher), undefined, workshop)).result)
    logits = await logitsFrom(folder, teacher, taught, workshop)
    students = await workshop.data(dataset.of)
    read = await readLogits(folder, logits, students)
  })

  it('is read anew by no later process', async () => {
    const kept = readdirSync(join(folder, 'tokens'))
    const { hash } = await openWorkshop(openEngine).data(dataset, { folder })
    expect(hash).toBe(own.data.hash)
    await logitsFrom(folder, teacher, taught)
    // Also the next case finds there what the first one has left.
    expect(readdirSync(join(folder, 'tokens'))).toEqual(kept)
  })

  it('learns to name its own tokens', () => {
    const { testLoss, perClass } = taught.metrics
    const named = perClass.samples.reduce((sum, count) => sum + count, 0)
    expect(named).toBe(own.data.test.indices.length * own.data.inputShape[0]!)
    expect(testLoss).toBeLessThan(frequencyLoss(own.data) - 0.1)
    expect(perplexityOf(dataset, testLoss)).toBeCloseTo(Math.exp(testLoss), 9)
    expect(taught.artifacts.some(({ kind }) => kind === 'tokenizer')).toBe(dataset.tokenizer.type === 'words')
  })

  it('leaves logits of two bytes at the positions that it has something to say of, and no others', async () => {
    const { aligned } = own.alignment
    const positions = students.trainFileSamples * dataset.of.length
    // Of five characters about one begins a word; nearly every word begins with a character, but those that begin windows.
    const share = aligned / positions
    if (dataset.tokenizer.type === 'words') expect(share).toBeGreaterThan(0.15)
    if (dataset.tokenizer.type === 'words') expect(share).toBeLessThan(0.35)
    else expect(share).toBe(1)
    expect(logits).toMatchObject({ aligned, classes: own.data.classes, trainSamples: trained + 40, testSamples: 0 })
    expect(read.train.length).toBe(aligned * own.data.classes)
    expect(read.test).toBeNull()

    // Its file in plain onnxruntime, fed with the windows that the alignment has.
    const session = await InferenceSession.create(artifactPath(folder, hashOf(taught, 'onnx')))
    const [length] = own.data.inputShape as [number]
    const windows = [0, 7, trained - 1, trained, trained + 39]
    const ids = windows.flatMap((window) => [...own.alignment.inputs.subarray(window * length, (window + 1) * length)])
    const given = (await session.run({ input: new Tensor('int32', Int32Array.from(ids), [windows.length, length]) }))
      .logits!
    const values = given.data as Float32Array
    let compared = 0
    for (const [place, window] of windows.entries()) {
      for (let at = 0; at < dataset.of.length; at++) {
        const row = read.alignment!.rows[window * dataset.of.length + at]!
        const partner = own.alignment.partners[window * dataset.of.length + at]!
        expect(row < 0).toBe(partner < 0)
        if (row < 0) continue
        const stored = new Float32Array(own.data.classes)
        fromHalves((read.train as Uint16Array).subarray(row * stored.length, (row + 1) * stored.length), stored)
        const from = (place * length + partner) * stored.length
        const sorted = [...values.subarray(from, from + stored.length)].sort((one, other) => other - one)
        for (const [of, value] of sorted.entries()) {
          expect(Math.abs(stored[of]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11 + 1e-4)
        }
        compared++
      }
    }
    expect(compared).toBeGreaterThan(20)
    await session.release()
  })

  it('teaches what it says of the token that begins at the same place, by a naive loop', async () => {
    // One step that changes nothing: its loss is that of the weights that the student begins with.
    const [batchSize, T] = [4, 2]
    const still = student({
      training: { ...student().training, epochs: 1, batchSize, optimizer: sgd({ learningRate: 1e-12 }) },
    })
    const { result, events } = await run(request(folder, `still ${name}`, still, logits), undefined, workshop)
    const session = await InferenceSession.create(artifactPath(folder, hashOf(expectDone(result), 'onnx')))
    const { length } = dataset.of
    const ids = Int32Array.from(students.train.inputs.subarray(0, trained * length))
    const ours = (await session.run({ input: new Tensor('int32', ids, [trained, length]) })).logits!
      .data as Float32Array
    const losses = new Map<number, number[]>()
    for (let position = 0; position < trained * length; position++) {
      const row = read.alignment!.rows[position]!
      if (row < 0) continue
      const theirs = new Float32Array(own.data.classes)
      fromHalves((read.train as Uint16Array).subarray(row * theirs.length, (row + 1) * theirs.length), theirs)
      const sorted = (z: Iterable<number>, of: number) => {
        const p = softmax([...z], T).sort((a, b) => b - a)
        return [...p, ...new Array<number>(of - p.length).fill(0)]
      }
      const most = Math.max(theirs.length, students.classes)
      const [p, q] = [
        sorted(theirs, most),
        sorted(ours.subarray(position * students.classes, (position + 1) * students.classes), most),
      ]
      const distance = T * p.reduce((sum, value, place) => sum + Math.abs(value - q[place]!), 0)
      const window = Math.floor(position / length)
      losses.set(window, [...(losses.get(window) ?? []), distance])
    }
    // Batches average over their positions, the epoch over its batches.
    const order = epochOrder(students.train.indices, 1, 1)
    let total = 0
    for (let start = 0; start < trained; start += batchSize) {
      const all = [...order.subarray(start, start + batchSize)].flatMap((window) => losses.get(window) ?? [])
      total += all.length === 0 ? 0 : all.reduce((sum, loss) => sum + loss, 0) / all.length
    }
    const record = events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []))[0]!
    expect(record.softLoss!).toBeCloseTo(total / (trained / batchSize), 4)
    await session.release()
  })

  it('teaches a student without a label, whose agreement with it nobody can tell', async () => {
    const { result, events } = await run(request(folder, `taught ${name}`, student(), logits), undefined, workshop)
    const records = events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []))
    expect(records[1]!.softLoss!).toBeLessThan(records[0]!.softLoss!)
    const { metrics } = expectDone(result)
    expect(metrics.teacherAgreement).toBeNull()
    expect(metrics.perClass.samples).toHaveLength(students.classes)
  })

  it('teaches a group as it teaches each of it, and after a stop with the same bits', async () => {
    // Slowly: where two probabilities are near to each other, rounding decides which of them is the larger.
    const slow = { ...student().training, optimizer: adam({ learningRate: 0.001 }) }
    const trials = [1, 2].map((seed) => student({ seed, training: slow }))
    const channel = { emit: () => {}, stopRequested: () => false }
    const requests = trials.map((trial, index) => request(folder, `group ${index} ${name}`, trial, logits))
    const together = (await runGroup(requests, () => channel, workshop)).map(expectDone)
    const whole = expectDone(
      (await run(request(folder, `whole ${name}`, trials[0]!, logits), undefined, workshop)).result,
    )
    const [same, another] = together.map(({ metrics }) => metrics.testLoss) as [number, number]
    expect(Math.abs(same - whole.metrics.testLoss)).toBeLessThan(1e-4 * same)
    expect(Math.abs(same - another)).toBeGreaterThan(2e-3 * same)
    const asked = request(folder, `stopped ${name}`, trials[0]!, logits)
    expect((await run(asked, 13, workshop)).result).toEqual({ outcome: 'interrupted' })
    const resumed = expectDone((await run(asked, undefined, workshop)).result)
    expect(hashOf(resumed, 'weights')).toBe(hashOf(whole, 'weights'))
  })

  it('is timed and profiled by the classes that it would have', async () => {
    const common = { config: student(), teacher: null, teachersText: dataset, placement }
    const timed = await timeGroup(
      { artifacts: folder, task: 'time group', ...common, members: 2, sameSeed: true },
      workshop,
    )
    expect(timed.problem).toBeNull()
    const { operators } = await profile({ task: 'profile', ...common, steps: 1 }, workshop)
    const shape = `float[${training.batchSize},${dataset.of.length},${own.data.classes}]`
    expect(operators.flatMap(({ inputs }) => inputs)).toContain(shape)
  })

  it('is told of before it trains: its windows, and how many positions it teaches', async () => {
    const { dataset: found, models } = await inspect({ task: 'inspect', dataset, architectures: [gpt()] }, workshop)
    const { aligned, partners } = own.alignment
    expect(found).toMatchObject({
      inputShape: own.data.inputShape,
      classes: own.data.classes,
      retokenized: { aligned, positions: partners.length, differences: own.differences },
    })
    expect(models).toMatchObject([{ parameters: taught.metrics.parameters }])
  })

  it('is read by its students alone', async () => {
    const other = await workshop.data({ ...dataset.of, split: { ...dataset.of.split, test: 39 } })
    await expect(readLogits(folder, logits, other)).rejects.toThrow('are stale')
    const fewer = await workshop.data({ ...dataset.of, split: { ...dataset.of.split, validation: 39 } })
    await expect(readLogits(folder, logits, fewer)).rejects.toThrow(
      `expected trainSamples ${trained + 39} as in the data, got ${trained + 40}`,
    )
    const { aligned } = own.alignment
    await expect(readLogits(folder, { ...logits, aligned: aligned - 1 }, students)).rejects.toThrow('bytes, got')
  })
})
