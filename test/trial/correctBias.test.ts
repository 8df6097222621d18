// A student that has seen no three, whose bias for threes is corrected by how frequent they are: what is measured,
// exported and compared.
import { readFileSync } from 'node:fs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { gatherer } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { runGroup } from '../../orchestrator/src/trial/runGroup.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import { artifactPath } from '../../schema/src/artifact.ts'
import {
  config,
  type Done,
  digits,
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
const dataset = digits()

describe('a student without threes', () => {
  let plain: Done
  let corrected: Done
  const student = (correctBias: boolean, temperature = 4, omitClasses = [3]) =>
    config({
      dataset,
      training: { epochs: 6, omitClasses, correctBias },
      distillation: { teacher: 'teacher', objective: softTargets, temperature, weights: { hard: 0.1, soft: 0.9 } },
    })
  let logits: Awaited<ReturnType<typeof logitsFrom>>

  beforeAll(async () => {
    const teaching = config({ role: 'teacher', dataset, architecture: mlp({ hidden: [64] }), training: { epochs: 12 } })
    logits = await logitsFrom(folder, teaching, expectDone((await run(request(folder, 'teacher', teaching))).result))
    plain = expectDone((await run(request(folder, 'plain', student(false), logits))).result)
    corrected = expectDone((await run(request(folder, 'corrected', student(true), logits))).result)
  })

  /** Of the exported file, over the inputs of a split: [samples][classes]. */
  async function exported(done: Done, split: 'validation' | 'test'): Promise<number[][]> {
    const data = await loadDataset(dataset)
    const { indices } = data[split]
    const [inputs, labels] = [new Float32Array(indices.length * 784), new Int32Array(indices.length)]
    gatherer(data)(data[split], indices, inputs, labels)
    const session = await InferenceSession.create(readFileSync(artifactPath(folder, hashOf(done, 'onnx'))))
    const outputs = await session.run({ input: new Tensor('float32', inputs, [indices.length, 28, 28, 1]) })
    await session.release()
    const numbers = [...(outputs.logits!.data as Float32Array)]
    return [...indices.keys()].map((place) => numbers.slice(place * 10, (place + 1) * 10))
  }

  const probabilityOf3 = (rows: number[][]) =>
    rows.reduce((sum, row) => {
      const terms = row.map((value) => Math.exp(value - Math.max(...row)))
      return sum + terms[3]! / terms.reduce((total, term) => total + term, 0)
    }, 0) / rows.length

  it('has the figures of the one that is not corrected as those before', () => {
    const { validationAccuracy, validationLoss, testAccuracy, testLoss, perClass } = plain.metrics
    expect(plain.metrics.biasCorrection).toBeNull()
    expect(corrected.metrics.biasCorrection!.before).toEqual({
      validationAccuracy,
      validationLoss,
      testAccuracy,
      testLoss,
      correct: perClass.correct,
    })
    expect(corrected.metrics.keptEpoch).toBe(plain.metrics.keptEpoch)
  })

  it('names more threes afterwards', () => {
    const threes = ({ metrics }: Done) => metrics.perClass.correct[3]! / metrics.perClass.samples[3]!
    expect(threes(corrected)).toBeGreaterThan(threes(plain) + 0.1)
    expect(corrected.metrics.testAccuracy).toBeGreaterThan(plain.metrics.testAccuracy)
  })

  it('differs in one bias, in the exported file too, whose mean probability is the class prior', async () => {
    const { shifts } = corrected.metrics.biasCorrection!
    expect(shifts.map((shift) => shift !== 0)).toEqual([...Array(10).keys()].map((of) => of === 3))
    const [before, after] = [await exported(plain, 'test'), await exported(corrected, 'test')]
    for (const [place, row] of after.entries()) {
      for (const [of, value] of row.entries()) expect(value).toBeCloseTo(before[place]![of]! + shifts[of]!, 3)
    }
    const { train } = await loadDataset(dataset)
    const prior = [...train.indices].filter((index) => train.labels[index] === 3).length / train.indices.length
    expect(probabilityOf3(await exported(corrected, 'validation'))).toBeCloseTo(prior, 5)
    expect(probabilityOf3(await exported(plain, 'validation'))).toBeLessThan(prior / 2)
  })

  it('teaches with the corrected logits', async () => {
    const own = await logitsFrom(folder, student(true), corrected)
    const bytes = readFileSync(artifactPath(folder, own.artifact))
    const test = await exported(corrected, 'test')
    const first = bytes.readFloatLE(4 * own.trainSamples * 10 + 4 * 3)
    expect(first).toBeCloseTo(test[0]![3]!, 3)
  })

  it('is the same in a group', async () => {
    const folderOf = (at: number) => request(folder, `member ${at}`, student(true, at === 0 ? 4 : 2), logits)
    const channel = { emit: () => {}, stopRequested: () => false }
    const [first] = await runGroup([folderOf(0), folderOf(1)], () => channel, openWorkshop(openEngine))
    const { biasCorrection, perClass } = expectDone(first!).metrics
    expect(biasCorrection!.shifts[3]).toBeCloseTo(corrected.metrics.biasCorrection!.shifts[3]!, 2)
    const [right, of] = [perClass.correct, corrected.metrics.perClass.correct].map((counts) =>
      counts.reduce((sum, value) => sum + value, 0),
    )
    expect(Math.abs(right! - of!)).toBeLessThanOrEqual(2)
  })

  it('is left alone where it has seen all classes', async () => {
    const whole = expectDone((await run(request(folder, 'whole', student(true, 4, []), logits))).result)
    expect(whole.metrics.biasCorrection).toBeNull()
  })
})

it('is refused before training where a class has no prior', async () => {
  const given = config({ training: { omitClasses: [3], correctBias: true, batchSize: 1 } })
  const empty = { ...given, dataset: digits({ train: 1 }) }
  const { train } = await loadDataset(empty.dataset)
  expect(train.labels[train.indices[0]!]).not.toBe(3)
  expect((await run(request(folder, 'no prior', empty))).result).toEqual({
    outcome: 'failed',
    reason: 'training.correctBias: expected samples of class 3 in the training split, got none',
  })
})
