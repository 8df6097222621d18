// Trials on token ids: they train, teach, run in groups and are exported as images are.
import { readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import type { LogitsArtifact } from '@retort/schema/artifact'
import { artifactPath } from '@retort/schema/artifact'
import type { ResolvedGiven } from '@retort/schema/given'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { assemble } from '../../orchestrator/src/data/assemble.ts'
import type { Samples } from '../../orchestrator/src/data/data.ts'
import { gatherer } from '../../orchestrator/src/data/gather.ts'
import { below, stream } from '../../orchestrator/src/data/random.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { sha256 } from '../../orchestrator/src/trial/artifacts.ts'
import { namedClasses } from '../../orchestrator/src/trial/evaluate.ts'
import { openGiven } from '../../orchestrator/src/trial/given/open.ts'
import { GivenProblem } from '../../orchestrator/src/trial/given/source.ts'
import { inspect } from '../../orchestrator/src/trial/inspect.ts'
import { readLogits } from '../../orchestrator/src/trial/logits.ts'
import { runGroup } from '../../orchestrator/src/trial/runGroup.ts'
import { openWorkshop, type Workshop } from '../../orchestrator/src/trial/workshop.ts'
import { resolved } from '../zoo/architectures.ts'
import { architectureOf, layer, sequential } from '../zoo/topologies/build.ts'
import {
  adam,
  config,
  expectDone,
  hashOf,
  logitsFrom,
  mlp,
  placement,
  request,
  run,
  softTargets,
  temporaryFolder,
} from './fixture.ts'
import { files, length, tagged, vocabulary } from './sentences.ts'

const folder = temporaryFolder()
const data = assemble(files)
const workshop: Workshop = { ...openWorkshop(openEngine), data: async () => data }
const textCnn = (changes: object = {}): ResolvedArchitecture =>
  resolved({ type: 'text-cnn', embedding: 8, filters: 8, kernelSizes: [1, 2], dropout: 0.1, ...changes })
const training = { epochs: 4, batchSize: 32, optimizer: adam({ learningRate: 0.02 }) }
const teacher = config({ role: 'teacher', architecture: textCnn(), training })

async function ids(part: 'train' | 'test', at: Int32Array): Promise<Int32Array> {
  const inputs = new Int32Array(at.length * length)
  gatherer(data)(data[part], at, inputs, new Int32Array(at.length))
  return inputs
}

it('are loaded as they are, and known by their vocabulary', async () => {
  const places = Int32Array.of(5, 0)
  const expected = [5, 0].flatMap((place) => [...files.train.inputs.subarray(place * length, (place + 1) * length)])
  expect([...(await ids('train', places))]).toEqual(expected)
  expect(data).toMatchObject({ preprocessing: null, vocabulary, labelShape: [], trainFileSamples: 700 })
  expect(assemble({ ...files, vocabulary: 31 }).hash).not.toBe(data.hash)
  expect(() => assemble({ ...files, vocabulary: 29 })).toThrow('expected token ids from 0 to 28, got 29')
})

describe('a teacher of token ids', () => {
  it.each<[string, ResolvedArchitecture]>([
    ['text-cnn', textCnn()],
    ['lstm', resolved({ type: 'lstm', embedding: 8, units: [16] })],
    ['transformer', resolved({ type: 'transformer', width: 16, depth: 1, heads: 2 })],
  ])('trains, and its file gives its logits in plain onnxruntime: %s', async (type, architecture) => {
    const given = config({ architecture, training: { ...training, epochs: 6 } })
    const done = expectDone((await run(request(folder, `alone ${type}`, given), undefined, workshop)).result)
    // A third is chance.
    expect(done.metrics.testAccuracy).toBeGreaterThan(0.9)
    expect(done.metrics.perClass.names).toEqual(['one', 'two', 'three'])
    const file = artifactPath(folder, hashOf(done, 'onnx'))
    expect(await readFile(file, 'latin1')).not.toContain('preprocessing')
    const session = await InferenceSession.create(file)
    expect(session.inputMetadata[0]).toMatchObject({ type: 'int32', shape: ['batch', length] })
    const input = new Tensor('int32', await ids('test', data.test.indices), [100, length])
    const named = namedClasses((await session.run({ input })).logits!.data as Float32Array, 3)
    const right = named.filter((of, place) => of === files.test.labels[place]).length
    expect(right / 100).toBeCloseTo(done.metrics.testAccuracy, 9)
    await session.release()
  })

  it('teaches students, alone and as a group, to the same scores', async () => {
    const done = expectDone((await run(request(folder, 'teacher', teacher), undefined, workshop)).result)
    const logits: LogitsArtifact = await logitsFrom(folder, teacher, done, workshop)
    const taught = (seed: number, temperature: number) =>
      config({
        architecture: textCnn({ embedding: 4, filters: 4 }),
        training: { ...training, epochs: 2 },
        seed,
        distillation: { teacher: 'teacher', objective: softTargets, temperature, weights: { hard: 0.1, soft: 0.9 } },
      })
    const students = [taught(1, 2), taught(1, 4), taught(2, 4)]
    const alone = []
    for (const [index, student] of students.entries()) {
      alone.push(expectDone((await run(request(folder, `s ${index}`, student, logits), undefined, workshop)).result))
    }
    const channel = { emit: () => {}, stopRequested: () => false }
    const requests = students.map((student, index) => request(folder, `group ${index}`, student, logits))
    const together = (await runGroup(requests, () => channel, workshop)).map(expectDone)
    for (const [index, { metrics }] of together.entries()) {
      expect(metrics.teacherAgreement).toBeCloseTo(alone[index]!.metrics.teacherAgreement!, 1)
      expect(metrics.validationLoss).toBeCloseTo(alone[index]!.metrics.validationLoss, 3)
    }
    expect(new Set(together.map((each) => hashOf(each, 'weights'))).size).toBe(3)
  })

  it('is a given teacher, too, as its ONNX file', async () => {
    const done = expectDone((await run(request(folder, 'again', teacher), undefined, workshop)).result)
    const own = await readLogits(folder, await logitsFrom(folder, teacher, done, workshop), data)
    const file = join(folder, 'teacher.onnx')
    writeFileSync(file, await readFile(artifactPath(folder, hashOf(done, 'onnx'))))
    const given: ResolvedGiven = { ...asOnnx, file, path: file, sha256: sha256(readFileSync(file)) }
    const engine = await workshop.engine(placement)
    const setting = { data, engine, folder, members: [] }
    const source = await openGiven(given, setting)
    const logits = (await source.logits('test', data.test, () => {}))!
    for (const [place, logit] of logits.entries()) expect(logit).toBeCloseTo(own.test![place]!, 4)
    await source.close()
    await expect(
      openGiven({ ...given, normalisation: { scale: 1, mean: [0], deviation: [1] } }, setting),
    ).rejects.toThrow('expected none, since token ids are not standardised')
    const longer = assemble({ ...files, inputShape: [6], train: halves(files.train), test: halves(files.test) })
    await expect(openGiven(given, { ...setting, data: longer })).rejects.toThrow(
      'input "input": expected int32 or int64 token ids of [batch, 6], got int32 [batch, 12]',
    )
    await expect(openGiven(given, { ...setting, data: tagged() })).rejects.toThrow(GivenProblem)
  })
})

/** A model with the three inputs of Hugging Face's: what is masked is 0, the type is added, and all goes through weights. */
function maskedModel(name: string, weights: Float32Array, inputs = ['input_ids', 'attention_mask', 'token_type_ids']) {
  const { onnx } = createRequire(resolve(import.meta.dirname, '../../orchestrator/package.json'))('onnx-proto')
  const type = (elemType: number, ...dims: (string | number)[]) => ({
    tensorType: {
      elemType,
      shape: { dim: dims.map((d) => (typeof d === 'string' ? { dimParam: d } : { dimValue: d })) },
    },
  })
  const cast = inputs.map((input) => ({
    opType: 'Cast',
    input: [input],
    output: [`${input}_float`],
    attribute: [{ name: 'to', type: 2, i: 1 }],
  }))
  const [ids, mask, types] = cast.map(({ output }) => output[0])
  const model = onnx.ModelProto.create({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 13 }],
    graph: {
      name: 'masked',
      node: [
        ...cast,
        { opType: 'Mul', input: [ids, mask], output: ['seen'] },
        { opType: 'Add', input: ['seen', types], output: ['sum'] },
        { opType: 'MatMul', input: ['sum', 'w'], output: ['y'] },
      ],
      input: inputs.map((each) => ({ name: each, type: type(7, 'n', 'length') })),
      output: [{ name: 'y', type: type(1, 'n', 3) }],
      initializer: [{ name: 'w', dims: [length, 3], dataType: 1, rawData: new Uint8Array(weights.buffer) }],
    },
  })
  const file = join(folder, name)
  writeFileSync(file, onnx.ModelProto.encode(model).finish())
  return { ...asOnnx, file, path: file, sha256: sha256(readFileSync(file)) }
}

const asOnnx = {
  type: 'onnx',
  output: null,
  inputLayout: null,
  gives: 'logits',
  normalisation: null,
  tokenizer: null,
} as const

it('a given teacher is told which tokens only fill a text up', async () => {
  const padding = 5
  const next = stream('filled')
  // Padding at the end, and the same token now and then inside.
  const filled = ({ inputs, labels }: Pick<Samples, 'inputs' | 'labels'>) => ({
    labels,
    inputs: Int32Array.from(inputs, (id, at) => (at % length >= 8 + (Math.floor(at / length) % 5) ? padding : id)),
  })
  const tokenizer = { json: Buffer.from('{}'), sha256: 'a', padding }
  const texts = assemble({ ...files, train: filled(files.train), test: filled(files.test), tokenizer })
  const weights = Float32Array.from({ length: 3 * length }, () => below(100, next) / 50 - 1)
  const setting = { data: texts, engine: await workshop.engine(placement), folder, members: [] }
  const given = maskedModel('masked.onnx', weights)
  const source = await openGiven(given, setting)
  const logits = (await source.logits('test', texts.test, () => {}))!
  await source.close()
  let inside = 0
  for (let sample = 0; sample < 100; sample++) {
    const ids = [...texts.test.inputs.subarray(sample * length, (sample + 1) * length)]
    const end = ids.findLastIndex((id) => id !== padding) + 1
    inside += ids.slice(0, end).filter((id) => id === padding).length
    for (const of of [0, 1, 2]) {
      const expected = ids.slice(0, end).reduce((sum, id, at) => sum + id * weights[3 * at + of]!, 0)
      expect(logits[3 * sample + of]).toBeCloseTo(expected, 3)
    }
  }
  expect(inside).toBeGreaterThan(10)
  await expect(openGiven({ ...given, inputLayout: 'NCHW' }, setting)).rejects.toThrow(
    'expected none, since token ids have no channels, got "NCHW"',
  )
  const other = maskedModel('other.onnx', weights, ['input_ids', 'positions', 'token_type_ids'])
  await expect(openGiven(other, setting)).rejects.toThrow(
    'expected a model whose inputs are the token ids, and "attention_mask", "token_type_ids" and "position_ids" at most beside them, got "input_ids", "positions", "token_type_ids"',
  )
})

/** Twice as many samples of half the length. */
const halves = ({ inputs, labels }: Pick<Samples, 'inputs' | 'labels'>) => ({
  inputs,
  labels: Int32Array.from({ length: 2 * labels.length }, (_, place) => labels[place >> 1]!),
})

it('models that do not fit them say so, with both', async () => {
  const architectures = [mlp(), textCnn({ kernelSizes: [2, 13] }), textCnn()]
  const { dataset, models } = await inspect({ task: 'inspect', dataset: config().dataset, architectures }, workshop)
  expect(dataset).toMatchObject({ inputShape: [length], vocabulary, classes: 3 })
  expect(models).toMatchObject([
    { problem: expect.stringMatching(/^expected an architecture for token ids: .*, got "mlp"$/), path: ['type'] },
    {
      problem: 'expected a kernel of at most 12, the length of the sequences, got 13',
      path: ['kernelSizes', '1'],
    },
    // Two convolutions of 8 filters over vectors of 8, and 16 features to 3 classes.
    { parameters: 30 * 8 + (8 + 16) * 8 + 16 + 16 * 3 + 3 },
  ])
})

describe('a Keras model of token ids', () => {
  const embedded = (rows: number) =>
    architectureOf(
      sequential(
        [length],
        layer('Embedding', { input_dim: rows, output_dim: 8, input_length: length }),
        layer('GlobalAveragePooling1D'),
        layer('Dense', { units: 3 }),
      ),
    )

  it('learns, where its embedding has a row for each', async () => {
    const given = config({ architecture: embedded(40), training: { ...training, epochs: 12 } })
    const { metrics } = expectDone((await run(request(folder, 'keras', given), undefined, workshop)).result)
    expect(metrics).toMatchObject({ parameters: 40 * 8 + 8 * 3 + 3 })
    expect(metrics.testAccuracy).toBeGreaterThan(0.7)
  })

  it('is refused where it has fewer', async () => {
    const { dataset } = config()
    const { models } = await inspect({ task: 'inspect', dataset, architectures: [embedded(29)] }, workshop)
    const problem =
      'layer "layer_1" (Embedding): expected an embedding of at least 30 tokens, the data\'s vocabulary, got 29'
    expect(models).toEqual([{ problem, path: ['file'] }])
  })
})

describe('with padding', () => {
  const fill = vocabulary
  /** Texts end anywhere behind their class's token. */
  const cut = ({ inputs, labels }: Pick<Samples, 'inputs' | 'labels'>) => {
    const next = stream('ends')
    const filled = inputs.slice()
    for (let from = 0; from < inputs.length; from += length) {
      const told = inputs.subarray(from, from + length).findIndex((id) => id < 4)
      filled.fill(fill, from + told + 1 + below(length - told, next), from + length)
    }
    return { inputs: filled, labels }
  }
  const texts = assemble({
    ...files,
    train: cut(files.train),
    test: cut(files.test),
    vocabulary: vocabulary + 1,
    padding: fill,
  })
  const own: Workshop = { ...openWorkshop(openEngine), data: async () => texts }

  it.each<[string, ResolvedArchitecture]>([
    ['text-cnn', textCnn()],
    ['lstm', resolved({ type: 'lstm', embedding: 8, units: [16], bidirectional: true })],
    ['transformer', resolved({ type: 'transformer', width: 16, depth: 1, heads: 2 })],
  ])('students learn alone and as a group, to the same scores: %s', async (type, architecture) => {
    const students = [1, 2].map((seed) => config({ architecture, training: { ...training, epochs: 2 }, seed }))
    const alone = []
    for (const [index, student] of students.entries()) {
      const done = await run(request(folder, `padded ${type} ${index}`, student), undefined, own)
      alone.push(expectDone(done.result))
    }
    const channel = { emit: () => {}, stopRequested: () => false }
    const requests = students.map((student, index) => request(folder, `padded ${type} group ${index}`, student))
    const together = (await runGroup(requests, () => channel, own)).map(expectDone)
    for (const [index, { metrics }] of together.entries()) {
      expect(metrics.validationLoss).toBeCloseTo(alone[index]!.metrics.validationLoss, 2)
      // A third is chance.
      expect(metrics.testAccuracy).toBeGreaterThan(0.4)
    }
  })
})
