// Groups on WebGPU: the members' variables lie on the GPU between steps, and each member ends as it would alone.
import { deepEqual, ok } from 'node:assert/strict'
import { openOnnxEngine } from '@retort/orchestrator/engine/onnx'
import { openGroupWorkbench } from '@retort/orchestrator/trial/groupWorkbench'
import { optimizerOf } from '@retort/orchestrator/trial/optimizers/optimizers'
import { scalarInputs } from '@retort/orchestrator/trial/steps'
import { openWorkbench, type Workbench, type WorkbenchRequest } from '@retort/orchestrator/trial/workbench'
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
  data: { inputShape: [8, 8, 2], vocabulary: null, labelShape: [], classes: 5 },
}

/** Inputs of a step, the same for all; the temperature tells the members apart. */
function inputsOf(step: number, temperature: number) {
  const numbers = optimizerOf(optimizer).scalars(optimizer, optimizer.learningRate, step)
  const scalars = { temperature, hardWeight: 0.3, softWeight: 0.7, ...scalarInputs(numbers) }
  return {
    images: floats([batch, 8, 8, 2], { seed: step }).values,
    labels: Int32Array.from({ length: batch }, (_, place) => (place * step) % 5),
    teacherLogits: floats([batch, 5], { seed: step + 100 }).values,
    ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, Float32Array.of(value)])),
  }
}

/** Twenty steps, of which the losses are read twice. */
async function trained(workbench: Workbench, temperature: number) {
  await workbench.reset(7)
  const losses = []
  for (let step = 1; step <= 20; step++) {
    await workbench.train.run(inputsOf(step, temperature))
    if (step === 12 || step === 20) losses.push((await workbench.train.losses()).loss)
  }
  return { losses, values: await workbench.values() }
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

  'trials of a group end as each alone': async () => {
    const engine = await webgpu()
    await tf.setBackend('retort')
    const temperatures = [1, 4, 9]
    const group = await openGroupWorkbench(engine, { ...request, members: 3, sameSeed: true })
    const together = await Promise.all(temperatures.map((each, member) => trained(group.members[member]!, each)))
    group.dispose()
    const alone = await openWorkbench(engine, request)
    for (const [member, temperature] of temperatures.entries()) {
      const { losses, values } = await trained(alone, temperature)
      closeTo(together[member]!.losses, losses, 1e-3, `losses of member ${member}`)
      for (const [place, each] of values.entries())
        closeTo(together[member]!.values[place]!, each, 2e-3, `weight or slot ${place} of member ${member}`)
    }
    alone.dispose()
    const [first, second] = together
    ok(first!.losses[1] !== second!.losses[1], 'temperatures make a difference')
    await engine.close()
  },

  'a checkpoint from the GPU is read on the CPU': async () => {
    const gpu = await openOnnxEngine({ device: 'webgpu', threads: 1 })
    const there = await openWorkbench(gpu, request)
    const { values } = await trained(there, 4)
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
