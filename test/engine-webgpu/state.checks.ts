// Variables on WebGPU: where they live between steps, and what tensors that had their values keep.
import { deepEqual, equal, rejects } from 'node:assert/strict'
import type { Signature } from '@retort/orchestrator/engine/engine'
import * as tf from '@tensorflow/tfjs-core'
import { cpu, webgpu } from './onGpu.ts'
import type { Checks } from './webgpuTests.ts'

const by: Signature = { shape: [], dtype: 'float32' }
const list = async (tensor: tf.Tensor) => Array.from(await tensor.data())

/** A variable on the GPU, and a step that adds to it. */
async function counter(start: number[]) {
  const engine = await webgpu()
  await tf.setBackend('retort')
  const variable = tf.variable(tf.tensor(start))
  const step = await engine.compile(
    (given) => {
      variable.assign(tf.add(variable, given.by!))
      return { sum: tf.sum(variable) }
    },
    { by },
  )
  const add = async (n: number) => (await step.run({ by: Float32Array.of(n) })).sum![0]
  return { engine, variable, add }
}

export const checks: Checks = {
  'tensors keep the values that a variable had, on the GPU too': async () => {
    const { variable, add } = await counter([1, 2, 3])
    await add(1)
    const kept = variable.clone()
    const square = tf.square(variable)
    const row = tf.reshape(variable, [1, 3])
    await add(10)
    await add(100)
    deepEqual(await list(kept), [2, 3, 4])
    deepEqual(await list(square), [4, 9, 16])
    deepEqual(await list(tf.mul(row, 1)), [2, 3, 4])
    deepEqual(await list(variable), [112, 113, 114])
    equal(await add(1), 113 + 114 + 115)
  },

  'a variable takes what is assigned between runs': async () => {
    const { variable, add } = await counter([1, 2, 3])
    await add(1)
    tf.tidy(() => variable.assign(tf.zerosLike(variable)))
    equal(await add(5), 15)
    variable.assign(tf.tensor([1, 1, 2]))
    equal(await add(1), 7)
    deepEqual(await list(variable), [2, 2, 3])
  },

  'a step holds what was computed from a variable on the GPU': async () => {
    const { engine, variable, add } = await counter([1, 2, 3])
    await add(1)
    const kept = variable.clone()
    const step = await engine.compile((given) => ({ y: tf.mul(kept, given.by!) }), { by })
    await add(1)
    deepEqual(Array.from((await step.run({ by: Float32Array.of(2) })).y!), [4, 6, 8])
  },

  'a variable moves between the engines of two devices': async () => {
    const { variable, add } = await counter([1, 2, 3])
    await add(1)
    const other = await (await cpu()).compile(() => {
      variable.assign(tf.mul(variable, 2))
      return {}
    }, {})
    await other.run({})
    equal(await add(1), 5 + 7 + 9)
    await other.run({})
    deepEqual(await list(variable), [10, 14, 18])
  },

  'values outside of a step are asked for in vain without waiting': async () => {
    const { variable, add } = await counter([1, 2, 3])
    await add(1)
    await rejects(async () => variable.dataSync(), /await tensor\.data\(\)/)
  },
}
