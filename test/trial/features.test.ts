// Objectives on features: the teacher runs in its student's step, frozen, with the weights that it was trained to.
import '@tensorflow/tfjs-backend-cpu'
import { readFileSync } from 'node:fs'
import type { LogitsArtifact } from '@retort/schema/artifact'
import { artifactPath } from '@retort/schema/artifact'
import type { TrialRequest } from '@retort/schema/messages'
import type { ResolvedObjective, TrialConfig } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import { model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import type { CompiledStep, Values } from '../../orchestrator/src/engine/engine.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { termWeightInput } from '../../orchestrator/src/trial/steps.ts'
import { valueAt } from '../../orchestrator/src/trial/teaching.ts'
import { draw } from '../../orchestrator/src/trial/workbench.ts'
import { buildModel } from '../../orchestrator/src/zoo/buildModel.ts'
import { parameterCount } from '../../orchestrator/src/zoo/measure.ts'
import {
  cnn,
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
const dataset = digits({ train: 330, validation: 100, test: 100 })
const training = { epochs: 3, batchSize: 64 }
// Batch norm, whose moving statistics differ from a batch's.
const architecture = cnn({ filters: [6, 12], batchNorm: true })
const student = cnn()
let teacher: Done
let logits: LogitsArtifact
let online: TrialRequest['teacher']

beforeAll(async () => {
  const given = config({ role: 'teacher', dataset, architecture, training })
  teacher = expectDone((await run(request(folder, 'teacher', given))).result)
  logits = await logitsFrom(folder, given, teacher)
  online = { architecture, weights: hashOf(teacher, 'weights') }
})

const pair = (layer: string, of = layer) => [{ student: layer, teacher: of }] as [{ student: string; teacher: string }]
const all: ResolvedObjective[] = [
  { type: 'hints', weight: 1, layers: pair('conv2_relu') },
  { type: 'attention-transfer', weight: 100, layers: pair('conv1_relu', 'conv2_relu'), resize: 'map' },
  { type: 'similarity-preserving', weight: 10, layers: pair('conv2_pool') },
  { type: 'rkd-distance', weight: 1, layers: pair('dense1_relu') },
  { type: 'rkd-angle', weight: 1, layers: pair('logits') },
]

type Weights = NonNullable<TrialConfig['distillation']>['weights']
const taught = (objective: ResolvedObjective[], weights: Weights = { hard: 1, soft: 1 }): TrialConfig =>
  config({
    dataset,
    architecture: student,
    training: { ...training, epochs: 3 },
    distillation: { teacher: 'teacher', objective, temperature: null, weights },
  })

const requestOf = (name: string, given: TrialConfig) => request(folder, name, given, logits, online)

describe('a step', () => {
  const images = Float32Array.from({ length: 8 * 784 }, (_, index) => Math.sin(index * 0.37) + Math.cos(index ** 1.1))
  const batch: Record<string, Values> = {
    images,
    labels: Int32Array.from([0, 1, 2, 3, 4, 5, 6, 7]),
    teacherLogits: new Float32Array(80),
    temperature: Float32Array.of(1),
    hardWeight: Float32Array.of(0),
    softWeight: Float32Array.of(1),
  }

  async function withStep<T>(objective: ResolvedObjective[], rate: number, use: (step: CompiledStep) => Promise<T>) {
    const engine = await openEngine(placement)
    const drawing = draw(
      {
        architecture: student,
        optimizer: sgd({ momentum: 0 }),
        batchSize: 8,
        labelLoss: { type: 'cross-entropy' },
        objective,
        teacher: architecture,
        data: { inputShape: [28, 28, 1], vocabulary: null, padding: null, labelShape: [], classes: 10 },
      },
      engine,
    )
    drawing.reset(1)
    drawing.online!.assign(readFileSync(artifactPath(folder, online!.weights)))
    const step = await engine.compile(drawing.training.step, drawing.training.inputs)
    const names = Object.keys(drawing.training.inputs).filter((name) => name.startsWith('optimizer_'))
    for (const name of names) batch[name] = Float32Array.of(rate)
    for (const [term, { weight }] of objective.entries()) {
      batch[termWeightInput(term)] = Float32Array.of(valueAt(weight, 1, 1))
    }
    try {
      return await use(step)
    } finally {
      step.dispose()
      drawing.dispose()
      await engine.close()
    }
  }

  it('compares the features that the two models have on their own', async () => {
    const objective: ResolvedObjective[] = [{ type: 'similarity-preserving', weight: 1, layers: pair('conv2_pool') }]
    const { soft } = await withStep(objective, 0, (step) => step.run(batch))
    await tf.setBackend('cpu')
    const featuresOf = (of: typeof student, weights?: Float32Array): number[][] => {
      const built = buildModel(of, [28, 28, 1], 10, 1)
      if (weights !== undefined) {
        let place = 0
        for (const weight of built.weights.map((each) => each.read() as tf.Variable)) {
          weight.assign(tf.tensor(weights.slice(place, place + weight.size), weight.shape))
          place += weight.size
        }
        expect(place).toBe(weights.length)
      }
      const inner = modelOf({ inputs: built.inputs, outputs: built.getLayer('conv2_pool').output as SymbolicTensor })
      const features = inner.apply(tf.tensor(images, [8, 28, 28, 1]), { training: false }) as tf.Tensor
      return tf.reshape(features, [8, -1]).arraySync() as number[][]
    }
    const similarities = (rows: number[][]) =>
      rows.map((row) => {
        const products = rows.map((other) => row.reduce((sum, value, index) => sum + value * other[index]!, 0))
        const length = Math.hypot(...products)
        return products.map((value) => value / length)
      })
    const weights = new Float32Array(Uint8Array.from(readFileSync(artifactPath(folder, online!.weights))).buffer)
    const [ours, theirs] = [similarities(featuresOf(student)), similarities(featuresOf(architecture, weights))]
    const expected = ours.flatMap((row, i) => row.map((value, j) => (value - theirs[i]![j]!) ** 2))
    expect(soft![0]).toBeCloseTo(expected.reduce((sum, value) => sum + value, 0) / 64, 5)
  })

  it('leaves the teacher as it is: nothing is trained in it, nor are its statistics', async () => {
    const losses = await withStep(all, 0, async (step) => {
      const found: number[] = []
      for (let index = 0; index < 4; index++) found.push((await step.run(batch)).soft![0]!)
      return found
    })
    expect(new Set(losses).size).toBe(1)
  })

  it.each(all.map((objective) => [objective.type, objective] as const))('brings %s down', async (_, objective) => {
    const [first, last] = await withStep([{ ...objective, weight: 1 }], 0.02, async (step) => {
      const found: number[] = []
      for (let index = 0; index < 30; index++) found.push((await step.run(batch)).soft![0]!)
      return [found[0]!, found.at(-1)!]
    })
    expect(last).toBeLessThan(first!)
  })
})

describe('a trial', () => {
  it('with every objective is done, and ships the student alone', async () => {
    const { result, events } = await run(requestOf('all', taught([...softTargets, ...all])))
    const done = expectDone(result)
    expect(done.metrics.parameters).toBe(
      expectDone((await run(request(folder, 'alone', config({ dataset, architecture: student, training })))).result)
        .metrics.parameters,
    )
    expect(done.metrics.parameters).toBe(parameterCount(buildModel(student, [28, 28, 1], 10, 1)))
    const records = events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []))
    expect(records.at(-1)!.softLoss).toBeLessThan(records[0]!.softLoss!)
  })

  it('that was stopped goes on to the same bits, its regressor included', async () => {
    const hints = taught([{ type: 'hints', weight: 1, layers: pair('conv2_relu') }])
    const whole = expectDone((await run(requestOf('whole', hints))).result)
    const stopped = requestOf('stopped', hints)
    expect((await run(stopped, 7)).result).toEqual({ outcome: 'interrupted' })
    expect(hashOf(expectDone((await run(stopped)).result), 'weights')).toBe(hashOf(whole, 'weights'))
  })

  it('has FitNets’ two stages: hints train what lies below them, then all is trained', async () => {
    const first = { from: 1, to: 0, shape: { type: 'step', at: 0.5 } } as const
    const then = { ...first, from: 0, to: 1 }
    const objective: ResolvedObjective[] = [
      { type: 'hints', weight: first, layers: pair('conv2_relu') },
      { type: 'soft-targets', weight: then, standardise: false },
    ]
    const staged = (epochs: number): TrialConfig => {
      const given = taught(objective, { hard: then, soft: 1 })
      const { distillation } = given
      return {
        ...given,
        training: { ...given.training, epochs },
        distillation: { ...distillation!, temperature: 4 },
      }
    }
    const layers = async (name: string, epochs: number) => {
      const { result, events } = await run(requestOf(name, staged(epochs)))
      const bytes = readFileSync(artifactPath(folder, hashOf(expectDone(result), 'weights')))
      const numbers = new Float32Array(Uint8Array.from(bytes).buffer)
      let end = 0
      const values = built.weights.map((weight) => {
        const size = weight.shape.reduce<number>((product, length) => product * length!, 1)
        end += size
        return [weight.originalName, numbers.slice(end - size, end)] as const
      })
      return { values, records: events.flatMap((event) => (event.type === 'epoch' ? [event.record] : [])) }
    }
    await tf.setBackend('cpu')
    const built = buildModel(student, [28, 28, 1], 10, staged(1).seed)
    const initial = built.weights.map((weight) => Float32Array.from((weight.read() as tf.Tensor).dataSync()))
    const changed = (values: (readonly [string, Float32Array])[]) =>
      values.flatMap(([name, now], index) =>
        Buffer.compare(Buffer.from(now.buffer), Buffer.from(initial[index]!.buffer)) === 0 ? [] : [name],
      )
    const hinted = await layers('hinted', 1)
    expect(changed(hinted.values).sort()).toEqual(['conv1/bias', 'conv1/kernel', 'conv2/bias', 'conv2/kernel'])
    expect(hinted.records[0]!.trainLoss).toBeCloseTo(hinted.records[0]!.softLoss!, 6)
    const whole = await layers('staged', 2)
    expect(changed(whole.values)).toHaveLength(built.weights.length)
    expect(whole.records[0]).toMatchObject({ trainLoss: hinted.records[0]!.trainLoss })
    expect(whole.records[1]!.trainLoss).toBeGreaterThan(whole.records[1]!.softLoss!)
  })

  it('whose teacher’s weights are another model’s fails and says so', async () => {
    const given = requestOf('other', taught(all))
    const { result } = await run({
      ...given,
      teacher: { ...online!, architecture: cnn({ filters: [6, 13], batchNorm: true }) },
    })
    expect(result).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/teacher's weights: expected \d+ bytes, got \d+/),
    })
  })

  it('may have a teacher of another kind', async () => {
    const other = config({ role: 'teacher', dataset, architecture: mlp(), training })
    const done = expectDone((await run(request(folder, 'mlp', other))).result)
    const given = taught([{ type: 'rkd-distance', weight: 1, layers: pair('conv2_pool', 'dense1') }])
    const beside = { architecture: mlp(), weights: hashOf(done, 'weights') }
    expectDone((await run(request(folder, 'of mlp', given, await logitsFrom(folder, other, done), beside))).result)
  })
})
