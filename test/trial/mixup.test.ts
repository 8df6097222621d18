// Trials on blended digits: losses worked out by hand from logits, the teacher's logits of the very blends that
// students see, and who trains on them.
import type { LogitsArtifact } from '@retort/schema/artifact'
import type { ResolvedAugmentation, ResolvedDataset, ResolvedLabelLoss } from '@retort/schema/trial'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { viewer } from '../../orchestrator/src/data/augment/augment.ts'
import { mixer } from '../../orchestrator/src/data/augment/mixup.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { batchFiller, epochOrder, viewOfEpoch } from '../../orchestrator/src/trial/batches.ts'
import { readLogits } from '../../orchestrator/src/trial/logits.ts'
import { openWorkbench } from '../../orchestrator/src/trial/workbench.ts'
import { workbenchRequest } from '../../orchestrator/src/trial/workbenchRequest.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import { artifactPath } from '../../schema/src/artifact.ts'
import { kl, mean, softmax } from '../objectives/reference.ts'
import {
  config,
  type Done,
  digits,
  expectDone,
  hashOf,
  logitsFrom,
  mlp,
  placement,
  request,
  run,
  sgd,
  softTargets,
  temporaryFolder,
} from './fixture.ts'

const folder = temporaryFolder()
const flips: ResolvedAugmentation = { steps: [{ type: 'flip' }], views: 3, for: 'all', seed: 0 }
const blends: ResolvedAugmentation = { ...flips, steps: [...flips.steps, { type: 'mixup', alpha: 0.7 }] }
const augmented = (augmentation: ResolvedAugmentation | 'none'): ResolvedDataset => ({ ...digits(), augmentation })
const distillation = { teacher: 'teacher', objective: softTargets, temperature: 2, weights: { hard: 0.3, soft: 0.7 } }
const training = { epochs: 4 }

/** -log of what softmax gives to targets, of one row. */
const logLoss = (row: number[], targets: number[]) =>
  -softmax(row).reduce((sum, p, of) => sum + targets[of]! * Math.log(p), 0)
const oneHot = (label: number) => Array.from({ length: 10 }, (_, of) => (of === label ? 1 : 0))

/** Of one row and label, from their papers. */
const labelLosses: [ResolvedLabelLoss, (row: number[], label: number) => number][] = [
  [{ type: 'cross-entropy' }, (row, label) => logLoss(row, oneHot(label))],
  [
    { type: 'label-smoothing', epsilon: 0.2 },
    (row, label) =>
      logLoss(
        row,
        oneHot(label).map((one) => 0.8 * one + 0.02),
      ),
  ],
  [
    { type: 'tf-kd', alpha: 0.4, correct: 0.95, temperature: 3 },
    (row, label) => {
      const raised = oneHot(label).map((one) => (one === 1 ? 0.95 : 0.05 / 9) ** (1 / 3))
      const sum = raised.reduce((total, value) => total + value, 0)
      const divergence = kl(
        raised.map((value) => value / sum),
        softmax(row, 3),
      )
      return 0.6 * logLoss(row, oneHot(label)) + 0.4 * 9 * divergence
    },
  ],
]

describe('a step on blended digits', () => {
  it.each(labelLosses)('with %j and a teacher has the loss that its logits give by hand', async (labelLoss, of) => {
    const data = await loadDataset(augmented(blends))
    const given = config({ dataset: augmented(blends), distillation, training: { labelLoss, optimizer: sgd() } })
    const engine = await openEngine(placement)
    const workbench = await openWorkbench(engine, workbenchRequest(given, null, data))
    await workbench.reset(1)
    const teacherLogits = Float32Array.from({ length: 3 * data.trainFileSamples * 10 }, (_, at) => 3 * Math.sin(7 * at))
    const fill = batchFiller({ data, batchSize: 64, seed: 1, masks: [], teacherLogits })
    const mix = mixer(blends, data.train.indices)!
    const order = epochOrder(data.train.indices, 1, 1)
    for (const step of [0, 1, 2, 3]) {
      const places = order.subarray(64 * step, 64 * (step + 1))
      const view = step % 3
      const inputs = fill(places, step, view)
      // The logits before the step; the pass takes more samples.
      const images = new Float32Array(workbench.predictBatch * 784)
      images.set(inputs.images as Float32Array)
      const logits = (await workbench.predict.run({ images })).logits!.slice(0, 640)
      const scalars = { temperature: 2, hardWeight: 0.3, softWeight: 0.7, termWeight_0: 1 }
      const rates = { optimizer_learningRate: 0.1, optimizer_momentum: 0.9, optimizer_weightDecay: 0 }
      const named = Object.entries({ ...scalars, ...rates }).map(([name, value]) => [name, Float32Array.of(value)])
      await workbench.train.run({ ...inputs, ...Object.fromEntries(named) })
      const { loss, hard, soft } = await workbench.train.losses()
      const rows = [...places].map((place, row) => {
        const { partner, share } = mix(place, view)
        const z = [...logits.subarray(10 * row, 10 * (row + 1))]
        const own = of(z, data.train.labels[place]!)
        const other = of(z, data.train.labels[partner]!)
        const start = (view * data.trainFileSamples + place) * 10
        const theirs = [...teacherLogits.subarray(start, start + 10)]
        return { hard: share * own + (1 - share) * other, soft: 4 * kl(softmax(theirs, 2), softmax(z, 2)) }
      })
      const expected = { hard: mean(rows.map(({ hard }) => hard)), soft: mean(rows.map(({ soft }) => soft)) }
      expect(hard).toBeCloseTo(expected.hard, 4)
      expect(soft).toBeCloseTo(expected.soft, 4)
      expect(loss).toBeCloseTo(0.3 * expected.hard + 0.7 * expected.soft, 4)
    }
    workbench.dispose()
    await engine.close()
  })

  it('is the step of a workbench of its own, and plain digits have the plain one', async () => {
    const workshop = openWorkshop(openEngine)
    const results = []
    for (const [name, augmentation] of Object.entries({ blends, flips, again: blends })) {
      const given = config({ dataset: augmented(augmentation) })
      results.push(expectDone((await run(request(folder, `shared ${name}`, given), undefined, workshop)).result))
    }
    const alone = expectDone((await run(request(folder, 'flips', config({ dataset: augmented(flips) })))).result)
    const [blended, flipped, again] = results.map((each) => hashOf(each, 'weights'))
    expect(flipped).toBe(hashOf(alone, 'weights'))
    expect(again).toBe(blended)
    expect(blended).not.toBe(flipped)
  })
})

describe('a teacher of blended digits', () => {
  let teacher: Done
  let logits: LogitsArtifact
  beforeAll(async () => {
    const given = config({ role: 'teacher', dataset: augmented(blends), training })
    teacher = expectDone((await run(request(folder, 'teacher', given))).result)
    logits = await logitsFrom(folder, given, teacher)
  })

  it('has stored the logits of the very blends that a student’s batches hold', async () => {
    const data = await loadDataset(augmented(blends))
    const { train } = await readLogits(folder, logits, data)
    expect(train.length).toBe(3 * 1000 * 10)
    const { inputShape, preprocessing } = data
    const [mid, deviation] = [preprocessing!.mean[0]!, preprocessing!.deviation[0]!]
    const single = viewer(flips, { inputShape, preprocessing: preprocessing!, train: data.train })
    const mix = mixer(blends, data.train.indices)!
    const session = await InferenceSession.create(artifactPath(folder, hashOf(teacher, 'onnx')))
    const fill = batchFiller({ data, batchSize: 1, seed: 1, masks: [], teacherLogits: train })
    const far = (one: Float32Array, other: Float32Array) =>
      one.reduce((most, value, at) => Math.max(most, Math.abs(value - other[at]!)), 0)
    for (const view of [0, 1, 2]) {
      // Blended by hand, and the first of both alone.
      const [blended, unblended] = [new Float32Array(1000 * 784), new Float32Array(1000 * 784)]
      for (let sample = 0; sample < 1000; sample++) {
        const { partner, share } = mix(sample, view)
        const own = [...single(data.train, sample, view)]
        const other = [...single(data.train, partner, view)]
        for (const [pixel, value] of own.entries()) {
          unblended[784 * sample + pixel] = (value - mid) / deviation
          blended[784 * sample + pixel] = (share * value + (1 - share) * other[pixel]! - mid) / deviation
        }
      }
      const logitsOf = async (images: Float32Array) =>
        (await session.run({ input: new Tensor('float32', images, [1000, 28, 28, 1]) })).logits!.data as Float32Array
      const [expected, without] = [await logitsOf(blended), await logitsOf(unblended)]
      for (let sample = 0; sample < 1000; sample++) {
        const { images, teacherLogits } = fill(Int32Array.of(sample), 0, view)
        expect(far(images as Float32Array, blended.subarray(784 * sample, 784 * (sample + 1)))).toBeLessThan(1e-5)
        expect(far(teacherLogits as Float32Array, expected.subarray(10 * sample, 10 * (sample + 1)))).toBeLessThan(1e-3)
      }
      // Blends are other digits to the teacher, so that mixing them up would show.
      expect(far(expected, without)).toBeGreaterThan(1)
    }
    await session.release()
  })

  it('teaches a student, which ends with the same weights when stopped in an epoch', async () => {
    const given = config({ dataset: augmented(blends), architecture: mlp({ hidden: [16] }), distillation, training })
    const whole = await run(request(folder, 'whole', given, logits))
    // 10 steps an epoch: the second epoch, which shows the second view, is broken off.
    expect((await run(request(folder, 'parts', given, logits), 14)).result).toEqual({ outcome: 'interrupted' })
    const resumed = await run(request(folder, 'parts', given, logits))
    expect(resumed.events.find(({ type }) => type === 'started')).toMatchObject({ resumedFrom: { epoch: 1, step: 4 } })
    expect(hashOf(expectDone(resumed.result), 'weights')).toBe(hashOf(expectDone(whole.result), 'weights'))
    const losses = whole.events.flatMap((event) => (event.type === 'epoch' ? [event.record.hardLoss] : []))
    expect(losses.at(-1)).toBeLessThan(losses[0]!)
  })

  it('has no logits for students of other blends', async () => {
    const step = (alpha: number) => [...flips.steps, { type: 'mixup' as const, alpha }]
    for (const other of [flips, { ...blends, seed: 1 }, { ...blends, steps: step(0.6) }]) {
      await expect(readLogits(folder, logits, await loadDataset(augmented(other)))).rejects.toThrow(/are stale/)
    }
  })
})

it('a batch of blends whose shares are 0 or 1 holds one digit of each pair, beside its label', async () => {
  const whole: ResolvedAugmentation = { ...blends, steps: [{ type: 'mixup', alpha: 1e-9 }], views: 1 }
  const data = await loadDataset(augmented(whole))
  const fill = batchFiller({ data, batchSize: 64, seed: 1, masks: [], teacherLogits: null })
  const places = epochOrder(data.train.indices, 1, 1).subarray(0, 64)
  const { images, labels, partnerLabels, shares } = fill(places, 0, viewOfEpoch(data, 1))
  const mix = mixer(whole, data.train.indices)!
  for (const [row, place] of places.entries()) {
    const { partner } = mix(place, 0)
    const shown = shares![row] === 1 ? place : partner
    expect((shares![row] === 1 ? labels : partnerLabels)![row]).toBe(data.train.labels[shown])
    for (const at of [0, 300, 407, 783]) {
      const pixel = (data.train.inputs[shown * 784 + at]! / 255 - data.preprocessing!.mean[0]!) / 1
      expect(images![row * 784 + at]).toBeCloseTo(pixel / data.preprocessing!.deviation[0]!, 5)
    }
  }
})

it('where teachers alone train on the blends, students learn from plain digits and labels', async () => {
  const dataset = augmented({ ...blends, for: 'teachers' })
  const teaching = config({ role: 'teacher', dataset, training })
  const workshop = openWorkshop(openEngine)
  const teacher = expectDone((await run(request(folder, 'teacher alone', teaching), undefined, workshop)).result)
  const logits = await logitsFrom(folder, teaching, teacher, workshop)
  const student = config({ dataset: augmented('none'), distillation, training: { omitClasses: [3] } })
  const taught = await run(request(folder, 'its student', student, logits), undefined, workshop)
  expectDone(taught.result)
  // The teacher's step is one for blends; a student of the same architecture trains as if there were none.
  const baseline = config({ dataset: augmented('none'), training })
  const beside = expectDone((await run(request(folder, 'beside', baseline), undefined, workshop)).result)
  const alone = expectDone((await run(request(folder, 'alone', baseline))).result)
  expect(hashOf(beside, 'weights')).toBe(hashOf(alone, 'weights'))
  expect(hashOf(teacher, 'weights')).not.toBe(hashOf(alone, 'weights'))
})

it('a trial that leaves classes out of blends is refused', async () => {
  const given = config({ dataset: augmented(blends), training: { omitClasses: [3] } })
  expect((await run(request(folder, 'omitting', given))).result).toEqual({
    outcome: 'failed',
    reason: 'training.omitClasses: expected none beside mixup',
  })
})
