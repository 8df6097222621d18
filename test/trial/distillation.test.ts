// A teacher and its student on real digits, from the request to the files that are shipped.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { LogitsArtifact } from '@retort/schema/artifact'
import { artifactPath } from '@retort/schema/artifact'
import type { TrialEvent } from '@retort/schema/messages'
import * as tf from '@tensorflow/tfjs-core'
import { loadLayersModel } from '@tensorflow/tfjs-layers'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { gatherer } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { exportModel } from '../../orchestrator/src/store/exportModel.ts'
import { namedClasses } from '../../orchestrator/src/trial/evaluate.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import {
  adam,
  cnn,
  config,
  type Done,
  expectDone,
  hashOf,
  logitsFrom,
  mlp,
  mnist,
  type Ran,
  request,
  run,
  softTargets,
  temporaryFolder,
} from './fixture.ts'

const folder = temporaryFolder()
const dataset = mnist({ train: 3200, validation: 500, test: 1000 })
const teaching = {
  objective: softTargets,
  teacher: 'teacher',
  temperature: 4,
  weights: { hard: 0.1, soft: 0.9 },
} as const

let teacher: Ran & { result: Done }
let logits: LogitsArtifact
let student: Ran & { result: Done }

beforeAll(async () => {
  const workshop = openWorkshop(openEngine)
  const given = config({
    role: 'teacher',
    dataset,
    architecture: cnn({ filters: [8, 16], dense: [32], batchNorm: true }),
    training: { optimizer: adam(), schedule: { type: 'cosine', warmupEpochs: 0.5, finalFraction: 0.1 } },
  })
  const taught = await run(request(folder, 'teacher', given), undefined, workshop)
  teacher = { ...taught, result: expectDone(taught.result) }
  logits = await logitsFrom(folder, given, teacher.result, workshop)
  const learning = config({ dataset, architecture: mlp(), distillation: teaching, training: { epochs: 3 } })
  const learnt = await run(request(folder, 'student', learning, logits), undefined, workshop)
  student = { ...learnt, result: expectDone(learnt.result) }
})

const typesOf = (events: TrialEvent[]) => events.map(({ type }) => type).filter((type) => type !== 'progress')

/** The reported test images, standardised, with their labels. */
async function testBatch() {
  const data = await loadDataset(dataset)
  const images = new Float32Array(data.test.indices.length * 784)
  const labels = new Int32Array(data.test.indices.length)
  gatherer(data)(data.test, data.test.indices, images, labels)
  return { images, labels }
}

const share = (right: number[] | boolean[]) => right.filter(Boolean).length / right.length

describe('training', () => {
  it('gets far above chance, teacher and student', () => {
    expect(teacher.result.metrics.testAccuracy).toBeGreaterThan(0.9)
    expect(student.result.metrics.testAccuracy).toBeGreaterThan(0.8)
    expect(student.result.metrics.teacherAgreement).toBeGreaterThan(0.8)
    expect(teacher.result.metrics.teacherAgreement).toBeNull()
  })

  it('tells what happens, in order', () => {
    expect(typesOf(teacher.events)).toEqual(['started', 'epoch', 'epoch'])
    expect(typesOf(student.events)).toEqual(['started', 'read', 'epoch', 'epoch', 'epoch'])
    const [started] = teacher.events
    expect(started).toMatchObject({
      ranOn: { engine: 'onnx', device: 'cpu', threads: 1, versions: { node: process.versions.node } },
      pid: process.pid,
      resumedFrom: null,
    })
    expect(student.events).toContainEqual({ type: 'read', logits })
    const progress = student.events.filter((event) => event.type === 'progress')
    expect(progress[0]).toMatchObject({ epoch: 1, epochs: 3, steps: 50 })
  })

  it('records each epoch: the whole loss is the weighted sum of its parts', () => {
    const records = student.events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []))
    for (const [index, record] of records.entries()) {
      expect(record.epoch).toBe(index + 1)
      expect(record.trainLoss).toBeCloseTo(0.1 * record.hardLoss + 0.9 * record.softLoss!, 4)
      expect(record.learningRate).toBe(0.003)
      expect(record.imagesPerSecond).toBeCloseTo(3200 / record.seconds, 6)
    }
    expect(records[2]!.trainLoss).toBeLessThan(records[0]!.trainLoss)
    expect(records[2]).toMatchObject({ validationAccuracy: student.result.metrics.validationAccuracy })
    const [first, last] = teacher.events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []))
    expect(first!.softLoss).toBeNull()
    expect(first!.trainLoss).toBe(first!.hardLoss)
    expect(last!.learningRate).toBeCloseTo(0.0003, 12)
  })

  it('leaves artifacts of the sizes it tells', () => {
    expect(teacher.result.artifacts.map(({ kind }) => kind).sort()).toEqual(['onnx', 'topology', 'weights'])
    expect(student.result.artifacts.map(({ kind }) => kind).sort()).toEqual(['onnx', 'topology', 'weights'])
    for (const { hash, bytes } of [...teacher.result.artifacts, ...student.result.artifacts]) {
      expect(statSync(artifactPath(folder, hash)).size).toBe(bytes)
    }
    const { metrics } = student.result
    expect(statSync(artifactPath(folder, logits.artifact)).size).toBe(4 * 61000 * 10 + 64)
    expect(metrics.onnxBytes).toBe(statSync(artifactPath(folder, hashOf(student.result, 'onnx'))).size)
    expect(metrics.parameters).toBe(784 * 32 + 32 + 32 * 10 + 10)
    expect(metrics.multiplyAccumulates).toBe(784 * 32 + 32 * 10)
    expect(statSync(artifactPath(folder, hashOf(student.result, 'weights'))).size).toBe(4 * metrics.parameters)
    expect(logits).toMatchObject({ trainSamples: 60000, testSamples: 1000, classes: 10 })
  })
})

it('the logits are those of the trained model', async () => {
  const { images } = await testBatch()
  const stored = readFileSync(artifactPath(folder, logits.artifact))
  const session = await InferenceSession.create(artifactPath(folder, hashOf(teacher.result, 'onnx')))
  const outputs = await session.run({ [session.inputNames[0]!]: new Tensor('float32', images, [1000, 28, 28, 1]) })
  const expected = outputs[session.outputNames[0]!]!.data as Float32Array
  const wrong = expected.map((value, index) => Math.abs(value - stored.readFloatLE(4 * (600_000 + index))))
  expect(Math.max(...wrong)).toBeLessThan(1e-4)
  await session.release()
})

describe.each([
  ['teacher', () => teacher],
  ['student', () => student],
])('what is shipped of the %s', (_, ran) => {
  it('as ONNX gives the reported accuracy in plain onnxruntime, at any batch size', async () => {
    const { images, labels } = await testBatch()
    const { result } = ran()
    const session = await InferenceSession.create(artifactPath(folder, hashOf(result, 'onnx')))
    const [input, output] = [session.inputNames[0]!, session.outputNames[0]!]
    for (const batch of [1000, 125]) {
      const right: boolean[] = []
      for (let start = 0; start < labels.length; start += batch) {
        const part = images.subarray(start * 784, (start + batch) * 784)
        const outputs = await session.run({ [input]: new Tensor('float32', part, [batch, 28, 28, 1]) })
        const named = namedClasses(outputs[output]!.data as Float32Array, 10)
        for (const [place, of] of named.entries()) right.push(of === labels[start + place])
      }
      expect(share(right)).toBe(result.metrics.testAccuracy)
    }
    await session.release()
  })

  it('as ONNX says how its images are standardised', () => {
    const file = readFileSync(artifactPath(folder, hashOf(ran().result, 'onnx')), 'latin1')
    expect(file).toContain('{"divisor":255,"mean":[0.1307],"deviation":[0.3081]}')
  })

  it('as TensorFlow.js files loads with tf.loadLayersModel and agrees', async () => {
    const { images, labels } = await testBatch()
    const { result } = ran()
    const out = join(folder, 'out', result.artifacts[0]!.hash)
    await exportModel({ folder, trial: 'any', artifacts: result.artifacts, format: 'tfjs', out })
    const json = JSON.parse(readFileSync(join(out, 'model.json'), 'utf8'))
    const weightData = Uint8Array.from(readFileSync(join(out, 'weights.bin'))).buffer
    expect(json.weightsManifest[0].paths).toEqual(['weights.bin'])
    await import('@tensorflow/tfjs-backend-cpu')
    await tf.setBackend('cpu')
    const model = await loadLayersModel(
      tf.io.fromMemory({ modelTopology: json.modelTopology, weightSpecs: json.weightsManifest[0].weights, weightData }),
    )
    const logits = (model.predict(tf.tensor(images, [1000, 28, 28, 1])) as tf.Tensor).dataSync() as Float32Array
    const right = [...namedClasses(logits, 10)].map((named, place) => named === labels[place])
    expect(share(right)).toBe(result.metrics.testAccuracy)
    const session = await InferenceSession.create(artifactPath(folder, hashOf(result, 'onnx')))
    const outputs = await session.run({ [session.inputNames[0]!]: new Tensor('float32', images, [1000, 28, 28, 1]) })
    const other = outputs[session.outputNames[0]!]!.data as Float32Array
    expect(Math.max(...logits.map((value, index) => Math.abs(value - other[index]!)))).toBeLessThan(1e-3)
    await session.release()
  })
})
