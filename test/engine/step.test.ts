// Compiled steps: variables are state that steps share, and nothing that a step does is left behind by its trace.

import type { Signature } from '@retort/orchestrator/engine/engine'
import { printGraph } from '@retort/orchestrator/engine/graph/print'
import { openOnnxEngine } from '@retort/orchestrator/engine/onnx'
import { activate } from '@retort/orchestrator/engine/record/kernels'
import { trace } from '@retort/orchestrator/engine/record/trace'
import { plan } from '@retort/orchestrator/engine/session/compile'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { engine, expectClose, floats } from './compare.ts'

const number: Signature = { shape: [], dtype: 'float32' }
const three: Signature = { shape: [3], dtype: 'float32' }
/** A step without results. */
function assign(work: () => void): Record<string, tf.Tensor> {
  work()
  return {}
}

const list = async (tensor: tf.Tensor) => Array.from(await tensor.data())

beforeAll(async () => {
  await engine()
  await tf.setBackend('retort')
})

afterEach(() => tf.disposeVariables())

it('assigns variables in every run', async () => {
  const v = tf.variable(tf.tensor([1, 2, 3]))
  const step = await (await engine()).compile(
    ({ by }) => {
      v.assign(tf.add(v, by!))
      return { sum: tf.sum(v) }
    },
    { by: number },
  )
  expect(await list(v)).toEqual([1, 2, 3])
  expect(Array.from((await step.run({ by: Float32Array.of(1) })).sum!)).toEqual([9])
  expect(await list(v)).toEqual([2, 3, 4])
  expect(Array.from((await step.run({ by: Float32Array.of(10) })).sum!)).toEqual([39])
  expect(await list(v)).toEqual([12, 13, 14])
})

it('shares variables with other steps, whichever assigns them', async () => {
  const own = await engine()
  const v = tf.variable(tf.tensor([1, 2, 3]))
  const double = await own.compile(() => assign(() => v.assign(tf.mul(v, 2))), {})
  const add = await own.compile(({ x }) => assign(() => v.assign(tf.add(v, x!))), { x: three })
  const read = await own.compile(() => ({ v: tf.mul(v, 1) }), {})
  await double.run({})
  await add.run({ x: Float32Array.of(1, 1, 1) })
  expect(Array.from((await read.run({})).v!)).toEqual([3, 5, 7])
})

it('may be run before the last run has ended', async () => {
  const v = tf.variable(tf.scalar(0))
  const step = await (await engine()).compile(({ by }) => assign(() => v.assign(tf.add(v, by!))), { by: number })
  await Promise.all([1, 2, 3, 4].map((n) => step.run({ by: Float32Array.of(n) })))
  expect(await list(v)).toEqual([10])
})

it('takes what is assigned between runs, and leaves other tensors as they were', async () => {
  const v = tf.variable(tf.tensor([1, 2, 3]))
  const step = await (await engine()).compile(() => assign(() => v.assign(tf.mul(v, 2))), {})
  await step.run({})
  const before = v.clone()
  await step.run({})
  expect(await list(before)).toEqual([2, 4, 6])
  expect(await list(v)).toEqual([4, 8, 12])
  v.assign(tf.tensor([1, 1, 1]))
  const assigned = v.clone()
  await step.run({})
  expect(await list(v)).toEqual([2, 2, 2])
  expect(await list(assigned)).toEqual([1, 1, 1])
  v.assign(before as tf.Tensor1D)
  await step.run({})
  expect(await list(v)).toEqual([4, 8, 12])
  expect(await list(before)).toEqual([2, 4, 6])
})

it('exchanges variables', async () => {
  const [a, b] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(2))]
  const step = await (await engine()).compile(() => {
    const kept = a.clone()
    a.assign(b)
    b.assign(kept)
    return {}
  }, {})
  await step.run({})
  expect([await list(a), await list(b)]).toEqual([[2], [1]])
})

it('computes tensors outside of steps when their values are asked for', async () => {
  const v = tf.variable(tf.tensor([1, 2, 3]))
  const squared = tf.square(v)
  v.assign(tf.tensor([5, 5, 5]))
  expect(await list(squared)).toEqual([1, 4, 9])
  expect(await list(tf.fill([2, 2], 7))).toEqual([7, 7, 7, 7])
  expect(await list(tf.sum(tf.matMul(tf.ones([2, 3]), tf.ones([3, 2]))))).toEqual([12])
})

it('makes optimizer slots state, whatever step makes them', async () => {
  const w = tf.variable(tf.tensor([1, -2, 3]), true)
  const optimizer = tf.train.adam(0.1)
  const step = await (await engine()).compile(
    ({ x }) => {
      const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(tf.sub(w, x!))) as tf.Scalar)
      optimizer.applyGradients(grads as Parameters<typeof optimizer.applyGradients>[0])
      return { loss: value }
    },
    { x: three },
  )
  const losses: number[] = []
  for (let i = 0; i < 50; i++) losses.push((await step.run({ x: Float32Array.of(0, 0, 0) })).loss![0]!)
  expect(losses[0]).toBe(14)
  expect(losses[49]).toBeLessThan(1)
})

it('leaves nothing behind when the step throws', async () => {
  const v = tf.variable(tf.tensor([1, 2, 3]))
  const { numTensors } = tf.memory()
  const own = await engine()
  const broken = own.compile(() => {
    v.assign(tf.mul(v, 2))
    throw new Error('as the step says')
  }, {})
  await expect(broken).rejects.toThrow('as the step says')
  expect(await list(v)).toEqual([1, 2, 3])
  expect(tf.memory().numTensors).toBe(numTensors)
  const step = await own.compile(() => assign(() => v.assign(tf.mul(v, 2))), {})
  await step.run({})
  expect(await list(v)).toEqual([2, 4, 6])
  expect(tf.memory().numTensors).toBe(numTensors)
})

it('names a kernel without a rule, and how to see which have one', async () => {
  const own = await engine()
  const cropped = own.compile(
    ({ x }) => ({ y: tf.image.cropAndResize(x as tf.Tensor4D, tf.ones([1, 4]), tf.tensor1d([0], 'int32'), [1, 1]) }),
    { x: { shape: [1, 2, 2, 1], dtype: 'float32' } },
  )
  await expect(cropped).rejects.toThrow(
    "The onnx engine has no rule for TensorFlow.js's kernel 'CropAndResize'. `retort doctor --kernels` prints which kernels have one.",
  )
})

it.each([
  ['randomUniform', () => tf.randomUniform([3])],
  ['randomNormal', () => tf.randomNormal([3])],
  ['dropout', () => tf.dropout(tf.ones([3]), 0.5, undefined, 1)],
])('refuses %s: noise must be an input', async (_, draw) => {
  const own = await engine()
  await expect(own.compile(() => ({ y: draw() }), {})).rejects.toThrow('noise must be an input of the step')
})

it('refuses to read values while it is compiled', async () => {
  const own = await engine()
  const step = own.compile(({ x }) => ({ y: tf.mul(x!, x!.dataSync()[0]!) }), { x: three })
  await expect(step).rejects.toThrow('The step reads the values of a tensor while it is compiled')
})

it('says which input is wrong', async () => {
  const step = await (await engine()).compile(({ x }) => ({ y: tf.square(x!) }), { x: three })
  await expect(step.run({})).rejects.toThrow("Input 'x' is missing: expected float32[3]")
  await expect(step.run({ x: Float32Array.of(1) })).rejects.toThrow(
    "Input 'x': expected Float32Array of 3 elements (float32[3]), got Float32Array of 1 elements",
  )
  await expect(step.run({ x: Int32Array.of(1, 2, 3) })).rejects.toThrow('got Int32Array of 3 elements')
})

it('gives inputs, constants and truth values back as results', async () => {
  const step = await (await engine()).compile(
    ({ x }) => ({ same: x!, again: x!, two: tf.fill([2], 2), big: tf.greater(x!, 1) }),
    { x: three },
  )
  const { same, again, two, big } = await step.run({ x: Float32Array.of(1, 2, 3) })
  expect([same, again, two, big].map((values) => Array.from(values!))).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [2, 2],
    [0, 1, 1],
  ])
})

it('records only what its results need', async () => {
  const w = tf.variable(tf.tensor2d([[1], [2], [3]]))
  const idle = tf.variable(tf.scalar(1))
  const backend = await activate()
  const { graph } = plan(
    trace(
      backend,
      ({ x }) => {
        tf.exp(tf.mul(idle, 3))
        const { grads } = tf.variableGrads(() => tf.sum(tf.relu(tf.matMul(x as tf.Tensor2D, w))) as tf.Scalar, [w])
        w.assign(tf.sub(w, grads[w.name]!))
        return {}
      },
      { x: { shape: [2, 3], dtype: 'float32' } },
    ),
  )
  expect(printGraph(graph).split('\n')).toEqual([
    'in x: float32[2,3]',
    'variable 0: float32[3,1]',
    '%0: float32[2,1] = Gemm(in x, variable 0) {transA=0 transB=0 alpha=1 beta=1}',
    '%1: bool[2,1] = Greater(%0, 0)',
    '%2: float32[2,1] = Cast(%1) {to=1}',
    '%3: float32[3,1] = Gemm(in x, %2) {transA=1 transB=0 alpha=1 beta=1}',
    '%4: float32[3,1] = Sub(variable 0, %3)',
    'return next 0 = %4',
  ])
})

it('keeps the present values until nothing reads them any more', async () => {
  const [slot, read, first, second] = [1, 2, 3, 4].map((n) => tf.variable(tf.tensor1d([n, n]))) as tf.Variable[]
  const step = () => {
    slot!.assign(tf.add(tf.mul(slot!, 0.9), 1))
    const later = tf.mul(read!, 3)
    read!.assign(tf.add(read!, 1))
    const kept = first!.clone()
    first!.assign(second!)
    second!.assign(kept)
    return { later }
  }
  const compiled = await (await engine()).compile(step, {})
  for (const later of [6, 9, 12]) expect(Array.from((await compiled.run({})).later!)).toEqual([later, later])
  expect([await list(first!), await list(second!), await list(read!)]).toEqual([
    [4, 4],
    [3, 3],
    [5, 5],
  ])
  expectClose(await list(slot!), [3.439, 3.439], 1e-6, 'slot')
})

it('gives the same bits in every engine that is opened', async () => {
  const x = floats([8, 6, 6, 16]).values
  const results: Float32Array[] = []
  for (let i = 0; i < 2; i++) {
    const own = await openOnnxEngine({ device: 'cpu', threads: 1 })
    const w = tf.variable(tf.tensor(floats([3, 3, 16, 16], { seed: 2 }).values, [3, 3, 16, 16]))
    const step = await own.compile(
      (inputs) => {
        const loss = () =>
          tf.mean(tf.relu(tf.conv2d(inputs.x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))) as tf.Scalar
        w.assign(tf.sub(w, tf.variableGrads(loss, [w]).grads[w.name]!))
        return {}
      },
      { x: { shape: [8, 6, 6, 16], dtype: 'float32' } },
    )
    for (let run = 0; run < 3; run++) await step.run({ x })
    results.push((await w.data()) as Float32Array)
    step.dispose()
    w.dispose()
    await own.close()
  }
  expect(results[1]).toEqual(results[0])
  await expect((await engine()).compile(() => ({ y: tf.scalar(1) }), {})).resolves.toBeDefined()
})

it('is over when it is disposed', async () => {
  const step = await (await engine()).compile(({ x }) => ({ y: tf.square(x!) }), { x: three })
  step.dispose()
  step.dispose()
  await expect(step.run({ x: new Float32Array(3) })).rejects.toThrow('This compiled step was disposed')
})
