// Groups on WebGPU: the members' variables lie on the GPU between steps, and each member ends as it would alone.
import { deepEqual, ok } from 'node:assert/strict'
import type { Data } from '@retort/orchestrator/data/data'
import { openOnnxEngine } from '@retort/orchestrator/engine/onnx'
import { epochOrder } from '@retort/orchestrator/trial/batches'
import { openGroupWorkbench } from '@retort/orchestrator/trial/groupWorkbench'
import { optimizerOf } from '@retort/orchestrator/trial/optimizers/optimizers'
import { scalarInputs } from '@retort/orchestrator/trial/steps'
import { openWorkbench, type Workbench } from '@retort/orchestrator/trial/workbench'
import type { WorkbenchRequest } from '@retort/orchestrator/trial/workbenchRequest'
import { buildModel } from '@retort/orchestrator/zoo/buildModel'
import { parameterCount } from '@retort/orchestrator/zoo/measure'
import * as tf from '@tensorflow/tfjs-core'
import { floats } from '../engine/compare.ts'
import { closeTo } from './closeTo.ts'
import { webgpu } from './onGpu.ts'
import type { Checks } from './webgpuTests.ts'

const batch = 4
const optimizer = {
  type: 'adam',
  learningRate: 1e-2,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-3,
  weightDecay: 0,
} as const
const request: WorkbenchRequest = {
  architecture: {
    type: 'cnn',
    filters: [3, 4],
    kernelSize: 3,
    dense: [6],
    batchNorm: true,
    activation: 'tanh',
    dropout: 0,
  },
  optimizer,
  batchSize: batch,
  labelLoss: { type: 'cross-entropy' },
  objective: [{ type: 'soft-targets', weight: 1, standardise: false }],
  teacher: null,
  data: { inputShape: [8, 8, 2], vocabulary: null, padding: null, labelShape: [], classes: 5 },
}

/** Thirty samples, with a teacher's logits. */
const samples = {
  inputs: floats([30, 8, 8, 2], { seed: 1 }).values as Float32Array,
  labels: Int32Array.from({ length: 30 }, (_, place) => (place * 3) % 5),
  indices: Int32Array.from({ length: 30 }, (_, place) => place),
}
const data: Data = {
  ...request.data,
  train: samples,
  validation: samples,
  test: samples,
  trainFileSamples: 30,
  tokenizer: null,
  classNames: null,
  columnNames: null,
  preprocessing: null,
  augmentation: null,
  notes: [],
  warnings: [],
  contents: '',
  hash: '',
}
const teacherLogits = floats([30, 5], { seed: 2 }).values as Float32Array

const teacher = { ...request.architecture, filters: [4, 5] } as WorkbenchRequest['architecture']
const regressed: WorkbenchRequest = {
  ...request,
  objective: [
    ...request.objective!,
    { type: 'hints', weight: 1, layers: [{ student: 'conv2_tanh', teacher: 'conv2_tanh' }] },
  ],
  teacher,
  samples: data,
}
const teachersWeights = () => {
  const model = buildModel(teacher, data.inputShape, data.classes, 0)
  const { values } = floats([parameterCount(model)], { low: 0.1, high: 0.6, seed: 3 })
  model.dispose()
  return new Uint8Array(values.buffer)
}

/** Twenty steps, of which the losses are read twice. */
async function trained(workbench: Workbench, temperature: number, seed: number) {
  workbench.teach(teachersWeights())
  await workbench.reset(7)
  const fill = workbench.filler({ data, batchSize: batch, seed, masks: [], teacherLogits })
  const losses = []
  for (let step = 0; step < 20; step++) {
    const order = epochOrder(samples.indices, seed, Math.floor(step / 7))
    const first = (step % 7) * batch
    const numbers = optimizerOf(optimizer).scalars(optimizer, optimizer.learningRate, step + 1)
    const weights = { hardWeight: 0.3, softWeight: 0.7, termWeight_0: 1, termWeight_1: 1 }
    const scalars = { temperature, ...weights, ...scalarInputs(numbers) }
    await workbench.train.run({
      ...fill(order.subarray(first, first + batch), step, 0),
      ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, Float32Array.of(value)])),
    })
    if (step === 11 || step === 19) losses.push((await workbench.train.losses()).loss)
  }
  return { losses, values: await workbench.values() }
}

/** Members that differ in temperature, and in what they see where they have seeds of their own. */
async function agree(given: WorkbenchRequest, seeds: number[]): Promise<void> {
  const engine = await webgpu()
  await tf.setBackend('retort')
  const temperatures = [1, 4, 9]
  const sameSeed = new Set(seeds).size === 1
  const group = await openGroupWorkbench(engine, { ...given, members: 3, sameSeed })
  const together = await Promise.all(
    temperatures.map((each, member) => trained(group.members[member]!, each, seeds[member]!)),
  )
  group.dispose()
  // Without tables, so that these are compared with batches that were carried.
  const { samples: _, ...carried } = given
  const alone = await openWorkbench(engine, carried)
  for (const [member, temperature] of temperatures.entries()) {
    const { losses, values } = await trained(alone, temperature, seeds[member]!)
    closeTo(together[member]!.losses, losses, 1e-3, `losses of member ${member}`)
    for (const [place, each] of values.entries())
      closeTo(together[member]!.values[place]!, each, 2e-3, `weight or slot ${place} of member ${member}`)
  }
  alone.dispose()
  ok(together[0]!.losses[1] !== together[1]!.losses[1], 'temperatures make a difference')
}

/** A variable of three members, and a step that adds to it. */
async function counter() {
  const engine = await webgpu()
  await tf.setBackend('retort')
  const variable = tf.variable(tf.zeros([2]))
  const group = engine.openGroup!(3)
  const step = await group.compile(
    ({ x }) => {
      variable.assign(tf.add(variable, x!))
      return {}
    },
    { x: { shape: [2], dtype: 'float32' } },
    [],
  )
  const all = async () => {
    const members = await Promise.all([0, 1, 2].map((member) => group.read(variable, member)))
    return members.map((each) => [...each])
  }
  return { variable, group, step, all }
}

const x = Float32Array.of(1, 2, 3, 4, 5, 6)

export const checks: Checks = {
  'members that hold keep their values': async () => {
    const { step, all } = await counter()
    await step.run({ x })
    await step.run({ x }, [1])
    await step.run({ x }, [0, 2])
    deepEqual(await all(), [
      [2, 4],
      [6, 8],
      [10, 12],
    ])
  },

  'a member takes what is written between runs, and the others what they had': async () => {
    const { variable, group, step, all } = await counter()
    await group.write(variable, 1, Float32Array.of(-3, -4))
    await step.run({ x })
    await group.write(variable, 0, Float32Array.of(10, 20))
    deepEqual(await all(), [
      [10, 20],
      [0, 0],
      [5, 6],
    ])
    await step.run({ x })
    await step.run({ x })
    deepEqual(await all(), [
      [12, 24],
      [6, 8],
      [15, 18],
    ])
  },

  'trials of a group end as each alone': () => agree(request, [3, 3, 3]),
  'trials of a group on samples that lie on the GPU do': () => agree({ ...request, samples: data }, [3, 3, 3]),
  'and those do that have seeds of their own': () => agree({ ...request, samples: data }, [3, 4, 5]),

  'and with a teacher in their step, of one seed': () => agree(regressed, [3, 3, 3]),
  'and with a teacher in their step, of several seeds': () => agree(regressed, [3, 4, 5]),

  'a checkpoint from the GPU is read on the CPU': async () => {
    const gpu = await openOnnxEngine({ device: 'webgpu', threads: 1 })
    const there = await openWorkbench(gpu, request)
    const { values } = await trained(there, 4, 3)
    there.dispose()
    await gpu.close()
    const cpu = await openOnnxEngine({ device: 'cpu', threads: 1 })
    const here = await openWorkbench(cpu, request)
    await here.assign(values)
    for (const [place, each] of (await here.values()).entries()) deepEqual(each, values[place])
    here.dispose()
    await cpu.close()
  },
}
