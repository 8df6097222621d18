// A transfer set without threes (Hinton, arXiv:1503.02531, section 3): the teacher has seen them, the student has not.
import { readFileSync } from 'node:fs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { gatherer } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { transferSet } from '../../orchestrator/src/data/transferSet.ts'
import { groupKey } from '../../orchestrator/src/plan/groupKey.ts'
import { namedClasses } from '../../orchestrator/src/trial/evaluate.ts'
import { artifactPath } from '../../schema/src/artifact.ts'
import {
  config,
  type Done,
  digits,
  expectDone,
  hashOf,
  logitsFrom,
  mlp,
  mnist,
  request,
  run,
  softTargets,
  temporaryFolder,
} from './fixture.ts'

const folder = temporaryFolder()

it('lacks the classes in the training split alone', async () => {
  const data = await loadDataset(digits())
  const set = transferSet(data, [3, 7])
  const kept = [...data.train.indices].filter((index) => ![3, 7].includes(data.train.labels[index]!))
  expect([...set.train.indices]).toEqual(kept)
  expect(kept.length).toBeLessThan(data.train.indices.length)
  const { validation, test, hash, preprocessing, trainFileSamples } = set
  expect({ validation, test, hash, preprocessing, trainFileSamples }).toEqual({
    validation: data.validation,
    test: data.test,
    hash: data.hash,
    preprocessing: data.preprocessing,
    trainFileSamples: data.trainFileSamples,
  })
  expect(transferSet(data, [])).toBe(data)
})

it('keeps trials out of groups with those that train on other samples', () => {
  const key = (omitClasses: number[]) => groupKey({ config: config({ training: { omitClasses } }) })
  expect(key([3])).not.toBe(key([]))
})

it('says so where too little is left to train on', async () => {
  const given = config({ training: { omitClasses: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] } })
  expect((await run(request(folder, 'nothing', given))).result).toEqual({
    outcome: 'failed',
    reason: "training.batchSize: expected at most the training split's 0 samples, got 64",
  })
})

describe('a student that has seen no three', () => {
  const dataset = mnist({ train: 6000, validation: 1000, test: 2000 })
  let threes: { baseline: number; taught: number; teacher: number }
  let others: { baseline: number; taught: number }

  beforeAll(async () => {
    const teaching = config({ role: 'teacher', dataset, architecture: mlp({ hidden: [128] }), training: { epochs: 4 } })
    const teacher = expectDone((await run(request(folder, 'teacher', teaching))).result)
    const logits = await logitsFrom(folder, teaching, teacher)
    const training = { epochs: 4, omitClasses: [3] }
    const student = config({ dataset, architecture: mlp({ hidden: [64] }), training })
    const baseline = expectDone((await run(request(folder, 'baseline', student))).result)
    const distillation = {
      teacher: 'teacher',
      objective: softTargets,
      temperature: 8,
      weights: { hard: 0, soft: 1 },
    }
    const taught = expectDone((await run(request(folder, 'taught', { ...student, distillation }, logits))).result)
    const [ofTeacher, ofBaseline, ofTaught] = [await recall(teacher), await recall(baseline), await recall(taught)]
    threes = { teacher: ofTeacher.threes, baseline: ofBaseline.threes, taught: ofTaught.threes }
    others = { baseline: ofBaseline.others, taught: ofTaught.others }
  })

  /** Share of the test's threes, and of its other digits, that are named right. */
  async function recall(done: Done): Promise<{ threes: number; others: number }> {
    const data = await loadDataset(dataset)
    const { indices } = data.test
    const [inputs, labels] = [new Float32Array(indices.length * 784), new Int32Array(indices.length)]
    gatherer(data)(data.test, indices, inputs, labels)
    const session = await InferenceSession.create(readFileSync(artifactPath(folder, hashOf(done, 'onnx'))))
    const outputs = await session.run({ input: new Tensor('float32', inputs, [indices.length, 28, 28, 1]) })
    await session.release()
    const named = namedClasses(outputs.logits!.data as Float32Array, 10)
    const share = (wanted: (label: number) => boolean) => {
      const places = [...labels.keys()].filter((place) => wanted(labels[place]!))
      return places.filter((place) => named[place] === labels[place]).length / places.length
    }
    return { threes: share((label) => label === 3), others: share((label) => label !== 3) }
  }

  it('names none when alone, and some when taught by one that has', () => {
    expect(threes.teacher).toBeGreaterThan(0.8)
    expect(threes.baseline).toBe(0)
    expect(threes.taught).toBeGreaterThan(0.3)
    expect(others.taught).toBeGreaterThan(0.85)
    expect(others.baseline).toBeGreaterThan(0.85)
  })
})
