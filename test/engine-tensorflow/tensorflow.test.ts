// The `tensorflow` engine with doubles of its packages: modules that register TensorFlow.js's CPU backend under the
// name and with the marks of libtensorflow's. The packages themselves need a download of some 300 MB.
import { readFileSync } from 'node:fs'
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import { artifactPath } from '@retort/schema/artifact'
import * as tf from '@tensorflow/tfjs-core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gatherer } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import type { Step } from '../../orchestrator/src/engine/engine.ts'
import { openTensorflowEngine } from '../../orchestrator/src/engine/tensorflow.ts'
import { namedClasses } from '../../orchestrator/src/trial/evaluate.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import {
  cnn,
  config,
  type Done,
  digits,
  expectDone,
  hashOf,
  mlp,
  request,
  run,
  temporaryFolder,
} from '../trial/fixture.ts'

const gpu = '@tensorflow/tfjs-node-gpu'
const cpu = '@tensorflow/tfjs-node'

type Package = { device: 'cuda' | 'cpu' } | 'missing' | 'unbuilt' | 'broken'

let loaded: string[] = []
const environment = { ...process.env }

beforeEach(() => {
  loaded = []
  process.env = { ...environment }
})
afterEach(() => {
  if (tf.findBackend('tensorflow') !== null) tf.removeBackend('tensorflow')
})

const topologyOf = (folder: string, done: Done) =>
  JSON.parse(readFileSync(artifactPath(folder, hashOf(done, 'topology')), 'utf8'))

/** Behaves as `import()` does where these packages are installed. */
function installed(packages: Record<string, Package>) {
  return async (name: string): Promise<unknown> => {
    loaded.push(name)
    const state = packages[name] ?? 'missing'
    if (state === 'missing')
      throw Object.assign(new Error(`Cannot find package '${name}' imported from x.js`), {
        code: 'ERR_MODULE_NOT_FOUND',
      })
    if (state === 'unbuilt')
      throw new Error(
        `The Node.js native addon module (tfjs_binding.node) can not be found at path: /x. \nPlease run command`,
      )
    if (state === 'broken') throw new Error('libcudart.so.11.0: cannot open shared object file\nmore')
    tf.registerBackend(
      'tensorflow',
      () =>
        Object.assign(new MathBackendCPU(), {
          isUsingGpuDevice: state.device === 'cuda',
          binding: { TF_Version: '2.15.1' },
        }),
      3,
    )
    if (tf.getKernel('Add', 'tensorflow') === undefined) tf.copyRegisteredKernels('cpu', 'tensorflow')
    return { version: { 'tfjs-node': '4.22.0' } }
  }
}

describe('opens', () => {
  it('tfjs-node-gpu first, on CUDA', async () => {
    const engine = await openTensorflowEngine(
      { device: 'auto', threads: 2 },
      installed({ [gpu]: { device: 'cuda' }, [cpu]: { device: 'cpu' } }),
    )
    expect(loaded).toEqual([gpu])
    expect(engine).toMatchObject({
      name: 'tensorflow',
      device: 'cuda',
      threads: 2,
      versions: { libtensorflow: '2.15.1', [gpu]: '4.22.0', 'tfjs-core': '4.22.0' },
    })
    expect(tf.getBackend()).toBe('tensorflow')
    expect(process.env.TF_NUM_INTRAOP_THREADS).toBe('2')
  })

  it.each(['missing', 'unbuilt', 'broken'] as const)('tfjs-node where tfjs-node-gpu is %s', async (state) => {
    const engine = await openTensorflowEngine(
      { device: 'auto', threads: 1 },
      installed({ [gpu]: state, [cpu]: { device: 'cpu' } }),
    )
    expect(loaded).toEqual([gpu, cpu])
    expect(engine).toMatchObject({ device: 'cpu', versions: { [cpu]: '4.22.0' } })
  })

  it('tfjs-node first where the CPU is asked for', async () => {
    const engine = await openTensorflowEngine(
      { device: 'cpu', threads: 1 },
      installed({ [gpu]: { device: 'cuda' }, [cpu]: { device: 'cpu' } }),
    )
    expect(loaded).toEqual([cpu])
    expect(engine.device).toBe('cpu')
  })
})

describe('refuses, with each package’s reason and the way to install', () => {
  const refusal = async (device: 'auto' | 'cuda' | 'cpu', packages: Record<string, Package>) =>
    openTensorflowEngine({ device, threads: 1 }, installed(packages)).then(
      () => 'opened',
      (error: Error) => error.message,
    )

  it('where none is installed', async () => {
    const message = await refusal('auto', {})
    expect(message).toContain(`${gpu}: not installed; ${cpu}: not installed`)
    expect(message).toContain('install it by: pnpm setup:cuda, or for the CPU: pnpm setup:cuda --cpu')
  })

  it('where the binary is missing or broken', async () => {
    expect(await refusal('auto', { [gpu]: 'unbuilt', [cpu]: 'broken' })).toContain(
      `${gpu}: installed without its binary; ${cpu}: libcudart.so.11.0: cannot open shared object file;`,
    )
  })

  it('where CUDA is asked for and the package finds no GPU, without trying the package that has none', async () => {
    expect(await refusal('cuda', { [gpu]: { device: 'cpu' }, [cpu]: { device: 'cpu' } })).toBe(
      `the tensorflow engine is not available: ${gpu}: works on cpu, but finds no device cuda`,
    )
    expect(loaded).toEqual([gpu])
  })
})

it('runs a whole trial: what it leaves is what the onnx engine leaves', async () => {
  const folder = temporaryFolder()
  const dataset = digits({ train: 330, validation: 50, test: 100 })
  const given = request(
    folder,
    'eager',
    config({ dataset, architecture: cnn({ filters: [2], dense: [8], batchNorm: true, dropout: 0.1 }) }),
  )
  const workshop = openWorkshop(() =>
    openTensorflowEngine({ device: 'auto', threads: 1 }, installed({ [cpu]: { device: 'cpu' } })),
  )
  const stopped = await run(given, 4, workshop)
  expect(stopped.result).toEqual({ outcome: 'interrupted' })
  const { result, events } = await run(given, undefined, workshop)
  expect(events[0]).toMatchObject({
    type: 'started',
    ranOn: { engine: 'tensorflow', device: 'cpu' },
    resumedFrom: { epoch: 0, step: 4 },
  })
  const done = expectDone(result)
  const data = await loadDataset(dataset)
  const images = new Float32Array(data.test.indices.length * 784)
  const labels = new Int32Array(data.test.indices.length)
  gatherer(data)(data.test, data.test.indices, images, labels)
  const session = await InferenceSession.create(artifactPath(folder, hashOf(done, 'onnx')))
  const outputs = await session.run({
    [session.inputNames[0]!]: new Tensor('float32', images, [labels.length, 28, 28, 1]),
  })
  const named = namedClasses(outputs[session.outputNames[0]!]!.data as Float32Array, 10)
  expect(named.filter((of, place) => of === labels[place]).length / labels.length).toBe(done.metrics.testAccuracy)
  const onnx = expectDone((await run({ ...given, checkpoint: `${given.checkpoint}2` })).result)
  const [{ userDefinedMetadata: own, ...topology }, other] = [done, onnx].map((each) => topologyOf(folder, each))
  expect(other).toEqual({
    ...topology,
    userDefinedMetadata: { ...own, trainedOn: [{ engine: 'onnx', device: 'cpu' }] },
  })
  expect(own.trainedOn).toEqual([{ engine: 'tensorflow', device: 'cpu' }])
  expect(onnx.metrics.testLoss).toBeCloseTo(done.metrics.testLoss, 4)
})

it('goes on from a checkpoint of the onnx engine, and what it leaves names both', async () => {
  const folder = temporaryFolder()
  const dataset = digits({ train: 330, validation: 50, test: 100 })
  const given = request(folder, 'begun on onnx', config({ dataset, architecture: mlp() }))
  expect((await run(given, 4)).result).toEqual({ outcome: 'interrupted' })
  const workshop = openWorkshop(() =>
    openTensorflowEngine({ device: 'auto', threads: 1 }, installed({ [cpu]: { device: 'cpu' } })),
  )
  const [onnx, tensorflow] = [
    { engine: 'onnx', device: 'cpu' },
    { engine: 'tensorflow', device: 'cpu' },
  ]
  const { result, events } = await run({ ...given, checkpointEngines: [onnx!] }, undefined, workshop)
  expect(events[0]).toMatchObject({ resumedFrom: { epoch: 0, step: 4 }, engines: [onnx, tensorflow] })
  const done = expectDone(result)
  expect(topologyOf(folder, done).userDefinedMetadata.trainedOn).toEqual([onnx, tensorflow])
  // What stands in an ONNX file's metadata stands there as it is.
  const model = readFileSync(artifactPath(folder, hashOf(done, 'onnx')), 'latin1')
  expect(model).toContain(JSON.stringify([onnx, tensorflow]))
})

describe('the eager step', () => {
  const open = () => openTensorflowEngine({ device: 'auto', threads: 1 }, installed({ [cpu]: { device: 'cpu' } }))

  it('assigns variables, gives outputs and leaks no tensor', async () => {
    const engine = await open()
    const weight = tf.variable(tf.tensor1d([1, 2]))
    const step = await engine.compile(
      ({ x, rate }) => {
        let error: tf.Scalar | undefined
        const { value, grads } = tf.variableGrads(() => {
          error = tf.keep(tf.sum(tf.mul(weight, x!)) as tf.Scalar)
          return tf.square(error) as tf.Scalar
        }, [weight])
        weight.assign(tf.sub(weight, tf.mul(grads[weight.name]!, rate!)))
        return { value, error: error! }
      },
      { x: { shape: [2], dtype: 'float32' }, rate: { shape: [], dtype: 'float32' } },
    )
    const inputs = { x: Float32Array.of(1, 1), rate: Float32Array.of(0.1) }
    // 1 + 2 = 3, squared 9; its gradient 2 * 3 for both: 1 - 0.6 and 2 - 0.6.
    expect(await step.run(inputs)).toEqual({ value: Float32Array.of(9), error: Float32Array.of(3) })
    const after = await weight.data()
    expect(after[0]).toBeCloseTo(0.4, 6)
    expect(after[1]).toBeCloseTo(1.4, 6)
    const { numTensors } = tf.memory()
    for (let run = 0; run < 5; run++) await step.run(inputs)
    expect(tf.memory().numTensors).toBe(numTensors)
    weight.dispose()
    await engine.close()
  })

  it('does not see the caller fill its arrays anew', async () => {
    const engine = await open()
    const kept = tf.variable(tf.tensor1d([0]))
    const keep: Step = ({ x }) => {
      kept.assign(x as tf.Tensor1D)
      return { x: tf.mul(x!, 1) }
    }
    const step = await engine.compile(keep, { x: { shape: [1], dtype: 'float32' } })
    const x = Float32Array.of(1)
    await step.run({ x })
    x[0] = 7
    expect([...(await kept.data())]).toEqual([1])
    kept.dispose()
  })

  it('refuses an input of another size, by its name', async () => {
    const step = await (await open()).compile(({ x }) => ({ x: x! }), { x: { shape: [2, 3], dtype: 'float32' } })
    await expect(step.run({ x: new Float32Array(5) })).rejects.toThrow('input x: expected 6 values for [2, 3], got 5')
    await expect(step.run({})).rejects.toThrow('input x: expected 6 values for [2, 3], got none')
  })

  it('is timed kernel by kernel, over the runs since the restart', async () => {
    const engine = await open()
    const kernel = tf.variable(tf.ones([3, 2]))
    const step = await engine.profile!(
      ({ x }) => {
        const squared = tf.customGrad((given) => {
          const y = tf.square(given as tf.Tensor)
          return { value: y, gradFunc: () => [y] }
        })
        const product = tf.matMul(tf.sqrt(squared(tf.matMul(x!, kernel))), tf.transpose(kernel))
        kernel.assign(tf.add(kernel, 1))
        return { product }
      },
      { x: { shape: [4, 3], dtype: 'float32' } },
    )
    const x = new Float32Array(12).fill(1)
    await step.run({ x })
    step.restart()
    for (let run = 0; run < 3; run++) await step.run({ x })
    // Each of the four runs has added one.
    expect((await kernel.data())[0]).toBe(5)
    const { numTensors } = tf.memory()
    expect((await step.run({ x })).product).toEqual(new Float32Array(12).fill(3 * 5 * 2 * 5))
    expect(tf.memory().numTensors).toBe(numTensors)
    const times = await step.end()
    expect(times.filter(({ operator }) => operator === 'BatchMatMul')).toMatchObject([
      { inputs: ['[4,3]', '[3,2]'], outputs: ['[4,2]'], variable: null, provider: 'tensorflow', runs: 4 },
      { inputs: ['[4,2]', '[2,3]'], outputs: ['[4,3]'], runs: 4 },
    ])
    // Nothing is counted for itself and within what it is part of.
    const kernels = times.map(({ operator }) => operator)
    expect(kernels.toSorted()).toEqual(['Add', 'BatchMatMul', 'BatchMatMul', 'Sqrt', 'Square', 'Transpose'])
    expect(times.every(({ microseconds }) => microseconds >= 0)).toBe(true)
    expect(times.reduce((sum, { microseconds }) => sum + microseconds, 0)).toBeGreaterThan(0)
    kernel.dispose()
  })

  it('is not timed on a GPU, which would tell how long launches take', async () => {
    const engine = await openTensorflowEngine({ device: 'cuda', threads: 1 }, installed({ [gpu]: { device: 'cuda' } }))
    expect(engine.profile).toBeNull()
  })
})
