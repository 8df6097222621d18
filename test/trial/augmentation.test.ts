// Augmented trials on real digits: teacher and students see the same views, whatever is cached or resumed.
import type { LogitsArtifact } from '@retort/schema/artifact'
import type { ResolvedAugmentation, ResolvedDataset } from '@retort/schema/trial'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { gatherer } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { batchFiller, viewOfEpoch } from '../../orchestrator/src/trial/batches.ts'
import { readLogits } from '../../orchestrator/src/trial/logits.ts'
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
const augmented = (augmentation: ResolvedAugmentation | 'none'): ResolvedDataset => ({ ...digits(), augmentation })
const flips: ResolvedAugmentation = { steps: [{ type: 'flip' }], views: 3, for: 'all', seed: 0 }
const training = { epochs: 4 }

describe('with mirrored digits', () => {
  let teacher: Done
  let logits: LogitsArtifact
  beforeAll(async () => {
    const given = config({ role: 'teacher', dataset: augmented(flips), training })
    teacher = expectDone((await run(request(folder, 'teacher', given))).result)
    logits = await logitsFrom(folder, given, teacher)
  })

  it('the teacher’s stored logits are those of each view, mirrored or not', async () => {
    const data = await loadDataset(augmented(flips))
    const { train } = await readLogits(folder, logits, data)
    expect(train.length).toBe(3 * 1000 * 10)
    const session = await InferenceSession.create(artifactPath(folder, hashOf(teacher, 'onnx')))
    // The digits, and all of them mirrored by hand.
    const plain = new Float32Array(1000 * 784)
    gatherer(data)(data.train, Int32Array.from(Array(1000).keys()), plain, new Int32Array(1000))
    const mirrored = plain.map((_, at) => plain[at - (at % 28) + 27 - (at % 28)]!)
    const logitsOf = async (images: Float32Array) =>
      (await session.run({ input: new Tensor('float32', images, [1000, 28, 28, 1]) })).logits!.data as Float32Array
    const [straight, reversed] = [await logitsOf(plain), await logitsOf(mirrored)]
    const rows = (all: Float32Array, row: number) => all.subarray(10 * row, 10 * (row + 1))
    const far = (one: Float32Array, other: Float32Array) =>
      Math.max(...one.map((value, of) => Math.abs(value - other[of]!)))

    const fill = batchFiller({ data, batchSize: 1, seed: 1, masks: [], teacherLogits: train })
    const turned = [0, 0, 0]
    for (const view of [0, 1, 2]) {
      for (let sample = 0; sample < 1000; sample++) {
        const { images, teacherLogits } = fill(Int32Array.of(sample), 0, view)
        const image = images as Float32Array
        const isMirrored = far(image, mirrored.subarray(784 * sample, 784 * (sample + 1))) < 1e-5
        if (isMirrored) turned[view]!++
        else expect(far(image, plain.subarray(784 * sample, 784 * (sample + 1)))).toBeLessThan(1e-5)
        const [expected, other] = isMirrored ? [reversed, straight] : [straight, reversed]
        expect(far(teacherLogits as Float32Array, rows(expected, sample))).toBeLessThan(1e-3)
        // Digits are not their mirror images: mixing them up would show.
        if (view === 0) expect(far(rows(expected, sample), rows(other, sample))).toBeGreaterThan(1e-3)
      }
      // 500 expected; five standard deviations are 79.
      expect(Math.abs(turned[view]! - 500)).toBeLessThan(79)
    }
    await session.release()
  })

  it('a student reads them, and when stopped in an epoch ends with the same weights as one that was not', async () => {
    const distillation = {
      teacher: 'teacher',
      objective: softTargets,
      temperature: 2,
      weights: { hard: 0.5, soft: 0.5 },
    }
    const student = config({ dataset: augmented(flips), architecture: mlp({ hidden: [16] }), distillation, training })
    const whole = expectDone((await run(request(folder, 'whole', student, logits))).result)
    // 10 steps an epoch: the second epoch, which shows the second view, is broken off.
    const stopped = await run(request(folder, 'parts', student, logits), 14)
    expect(stopped.result).toEqual({ outcome: 'interrupted' })
    const resumed = await run(request(folder, 'parts', student, logits))
    expect(resumed.events.find(({ type }) => type === 'started')).toMatchObject({ resumedFrom: { epoch: 1, step: 4 } })
    expect(hashOf(expectDone(resumed.result), 'weights')).toBe(hashOf(whole, 'weights'))
  })

  it('they are refused by students of other views', async () => {
    for (const other of ['none' as const, { ...flips, seed: 1 }, { ...flips, views: 2 }]) {
      await expect(readLogits(folder, logits, await loadDataset(augmented(other)))).rejects.toThrow(
        other === 'none' || other.views === 2 ? /bytes, got/ : /are stale/,
      )
    }
  })

  it('validation and test see no view', async () => {
    const data = await loadDataset(augmented(flips))
    const session = await InferenceSession.create(artifactPath(folder, hashOf(teacher, 'onnx')))
    const inputs = new Float32Array(300 * 784)
    const labels = new Int32Array(300)
    gatherer(data)(data.test, data.test.indices, inputs, labels)
    const outputs = await session.run({ input: new Tensor('float32', inputs, [300, 28, 28, 1]) })
    const found = outputs.logits!.data as Float32Array
    const right = [...labels].filter((label, row) => {
      const own = [...found.subarray(10 * row, 10 * (row + 1))]
      return own.indexOf(Math.max(...own)) === label
    })
    expect(right.length / 300).toBe(teacher.metrics.testAccuracy)
    await session.release()
  })
})

it('epochs show the views in turn; without augmentation there is one', () => {
  const shown = (augmentation: ResolvedAugmentation | null) =>
    [1, 2, 3, 4, 5].map((epoch) => viewOfEpoch({ augmentation }, epoch))
  expect(shown(flips)).toEqual([0, 1, 2, 0, 1])
  expect(shown(null)).toEqual([0, 0, 0, 0, 0])
})

it('other views train other weights, and without augmentation nothing is changed', async () => {
  const trained = async (name: string, augmentation: ResolvedAugmentation | 'none') => {
    const given = config({ dataset: augmented(augmentation), training: { epochs: 1 } })
    return hashOf(expectDone((await run(request(folder, name, given))).result), 'weights')
  }
  const names = { none: 'none', flips, other: { ...flips, seed: 1 } } as const
  const weights: string[] = []
  for (const [name, augmentation] of Object.entries(names)) weights.push(await trained(name, augmentation))
  expect(new Set(weights).size).toBe(3)
  // A shift by no pixel cannot be written; noise too small for a float32 leaves the digits as they are.
  const still: ResolvedAugmentation = { steps: [{ type: 'noise', deviation: 1e-30 }], views: 1, for: 'all', seed: 0 }
  const data = await loadDataset(augmented(still))
  const fill = batchFiller({ data, batchSize: 64, seed: 1, masks: [], teacherLogits: null })
  const places = data.train.indices.subarray(0, 64)
  const plain = new Float32Array(64 * 784)
  gatherer(data)(data.train, places, plain, new Int32Array(64))
  const { images } = fill(places, 0, 0)
  expect(Math.max(...(images as Float32Array).map((value, at) => Math.abs(value - plain[at]!)))).toBeLessThan(1e-5)
})

it('where teachers alone train on the views, students learn from the logits of the digits as they are', async () => {
  const teaching = config({ role: 'teacher', dataset: augmented({ ...flips, for: 'teachers' }), training })
  const teacher = expectDone((await run(request(folder, 'flipped teacher', teaching))).result)
  const whole = config({ role: 'teacher', dataset: augmented(flips), training })
  expect(hashOf(teacher, 'weights')).toBe(
    hashOf(expectDone((await run(request(folder, 'same', whole))).result), 'weights'),
  )
  const logits = await logitsFrom(folder, teaching, teacher)
  const plain = await loadDataset(augmented('none'))
  const { train } = await readLogits(folder, logits, plain)
  const session = await InferenceSession.create(artifactPath(folder, hashOf(teacher, 'onnx')))
  const images = new Float32Array(1000 * 784)
  gatherer(plain)(plain.train, Int32Array.from(Array(1000).keys()), images, new Int32Array(1000))
  const outputs = await session.run({ input: new Tensor('float32', images, [1000, 28, 28, 1]) })
  const expected = outputs.logits!.data as Float32Array
  expect(train.length).toBe(expected.length)
  expect(Math.max(...train.map((value, at) => Math.abs(value - expected[at]!)))).toBeLessThan(1e-3)
  const distillation = { teacher: 't', objective: softTargets, temperature: 4, weights: { hard: 0.1, soft: 0.9 } }
  const student = config({ dataset: augmented('none'), distillation })
  expectDone((await run(request(folder, 'student of plain digits', student, logits))).result)
})
