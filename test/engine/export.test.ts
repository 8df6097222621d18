// An exported model gives the same numbers in plain onnxruntime, for any batch size, with standard operators only.
import { exportOnnx } from '@retort/orchestrator/engine/export'
import * as tf from '@tensorflow/tfjs-core'
import { layers, sequential } from '@tensorflow/tfjs-layers'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, expect, it } from 'vitest'
import { engine, expectClose, floats } from './compare.ts'

beforeAll(async () => {
  await engine()
  await tf.setBackend('retort')
})

const model = () =>
  sequential({
    layers: [
      layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu', inputShape: [8, 8, 3] }),
      layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same', strides: 2 }),
      layers.batchNormalization(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 5 }),
    ],
  })

it('runs with any batch size', async () => {
  const net = model()
  const bytes = await exportOnnx((x) => net.apply(x, { training: false }) as tf.Tensor, [8, 8, 3])
  const session = await InferenceSession.create(bytes)
  expect(session.inputNames).toEqual(['input'])
  expect(session.outputNames).toEqual(['logits'])
  expect(session.inputMetadata[0]).toMatchObject({ type: 'float32', shape: ['batch', 8, 8, 3] })
  expect(session.outputMetadata[0]).toMatchObject({ type: 'float32', shape: ['batch', 5] })
  for (const batch of [1, 2, 11, 64]) {
    const { values, shape } = floats([batch, 8, 8, 3], { seed: batch })
    const { logits } = await session.run({ input: new Tensor('float32', values as Float32Array, shape) })
    const expected = await (net.apply(tf.tensor(values, shape), { training: false }) as tf.Tensor).data()
    expect(logits!.dims).toEqual([batch, 5])
    expectClose(logits!.data as Float32Array, expected, 1e-5, `batch ${batch}`)
  }
  await session.release()
})

it('holds standard operators and says how its input lies', async () => {
  const net = model()
  const bytes = Buffer.from(
    await exportOnnx((x) => net.apply(x) as tf.Tensor, [8, 8, 3], {
      input: 'images',
      output: 'y',
      metadata: { classes: '5' },
    }),
  )
  const text = bytes.toString('latin1')
  expect(text).not.toContain('com.microsoft')
  expect(text).toContain("Input 'images' is float32 [batch, height, width, channels]")
  // As Protocol Buffers write the pair.
  expect(text).toContain('\n\x07classes\x12\x015')
  // The weights lie as the operators want them.
  expect(text.match(/Transpose_/g)?.length).toBe(2)
})

it('holds the values that variables have now, also those of a trained step', async () => {
  const w = tf.variable(tf.tensor2d([[1], [2]]))
  const predict = (x: tf.Tensor) => tf.matMul(x as tf.Tensor2D, w)
  const run = async () => {
    const session = await InferenceSession.create(await exportOnnx(predict, [2]))
    const { logits } = await session.run({ input: new Tensor('float32', Float32Array.of(1, 1), [1, 2]) })
    return Array.from(logits!.data as Float32Array)
  }
  expect(await run()).toEqual([3])
  const step = await (await engine()).compile(() => {
    w.assign(tf.mul(w, 10))
    return {}
  }, {})
  await step.run({})
  expect(await run()).toEqual([30])
  await step.run({})
  expect(await run()).toEqual([300])
})

it('is refused where the batch size is built in', async () => {
  const mean = (x: tf.Tensor) => tf.mul(x, 1 / x.shape[0]!)
  await expect(exportOnnx(mean, [2])).rejects.toThrow(
    'The prediction depends on the batch size: input 1 of Mul changes with it',
  )
  const positions = (x: tf.Tensor) => tf.add(x, tf.reshape(tf.range(0, x.shape[0]!), [-1, 1]))
  await expect(exportOnnx(positions, [2])).rejects.toThrow('depends on the batch size')
  const all = (x: tf.Tensor) => tf.sum(x)
  await expect(exportOnnx(all, [2])).rejects.toThrow('does not begin with the batch')
})

it('holds a weight once, however many operations rearrange it', async () => {
  const weights = tf.variable(tf.tensor(floats([32, 32]).values, [1, 32 * 32]))
  const sizeOf = async (steps: number) => {
    const predict = (x: tf.Tensor) => {
      let state = x as tf.Tensor2D
      for (let step = 0; step < steps; step++) {
        const kernel = tf.transpose(tf.reshape(weights, [32, 32]))
        state = tf.tanh(tf.matMul(state, tf.reshape(kernel, [32, 32])))
      }
      return state
    }
    return (await exportOnnx(predict, [32])).length
  }
  const [short, long] = [await sizeOf(3), await sizeOf(9)]
  expect(short).toBeLessThan(32 * 32 * 4 + 1500)
  expect(long - short).toBeLessThan(6 * 200)
})
