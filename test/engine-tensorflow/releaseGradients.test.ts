// Memory while gradients are taken eagerly, on TensorFlow.js's CPU backend.
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { releaseGradients } from '../../orchestrator/src/engine/releaseGradients.ts'

let end = () => {}
beforeEach(async () => {
  await tf.setBackend('cpu')
  end = releaseGradients()
})
afterEach(() => end())

const size = 1000
const depth = 40

/** Bytes that are held when the first operation's gradient, which is the last to be taken, is asked for. */
function heldAtTheEnd(): { bytes: number; gradient: Float32Array } {
  let bytes = 0
  const first = tf.customGrad((x) => ({
    value: tf.mul(x as tf.Tensor, 1),
    gradFunc: (dy: tf.Tensor) => {
      bytes = tf.memory().numBytes
      return tf.mul(dy, 1)
    },
  }))
  const gradient = tf.tidy(() => {
    const chain = (x: tf.Tensor) => {
      let y = first(x)
      for (let at = 0; at < depth; at++) y = tf.sin(tf.add(y, x))
      return tf.sum(y)
    }
    return tf
      .grad(chain)(tf.linspace(-1, 1, size))
      .dataSync() as Float32Array
  })
  return { bytes, gradient }
}

it('frees what the forward pass kept and the gradients of what lies between, as it goes back', () => {
  const released = heldAtTheEnd()
  end()
  const kept = heldAtTheEnd()
  // Of each of the chain's sines its input was kept, and its and its input's gradient.
  expect(kept.bytes).toBeGreaterThan(3 * depth * size * 4)
  expect(released.bytes).toBeLessThan(10 * size * 4)
  expect(released.gradient).toEqual(kept.gradient)
})

it('leaves a gradient that stands for several values until the last has used it', () => {
  const x = tf.tensor1d([1, 2, 3])
  const weights = tf.tensor1d([5, 6, 7])
  // Gives the gradient that it is given, the same tensor for both inputs, and for the third one that is not its own.
  const shares = tf.customGrad((...inputs: unknown[]) => ({
    value: tf.add(inputs[0] as tf.Tensor, inputs[1] as tf.Tensor),
    gradFunc: ((dy: tf.Tensor) => [dy, dy, weights]) as unknown as (dy: tf.Tensor) => tf.Tensor[],
  })) as (...inputs: tf.Tensor[]) => tf.Tensor
  const before = tf.memory().numTensors
  const gradients = tf.tidy(() => {
    const f = (a: tf.Tensor) => tf.sum(shares(tf.mul(a, 2), tf.mul(a, 3), tf.mul(a, 10)))
    return [...tf.grad(f)(x).dataSync()]
  })
  expect(gradients).toEqual([55, 65, 75])
  expect([...weights.dataSync()]).toEqual([5, 6, 7])
  expect(tf.memory().numTensors).toBe(before)
  x.dispose()
  weights.dispose()
})

it('is right for the same variable time after time', () => {
  const x = tf.variable(tf.tensor1d([1, 2]))
  for (let time = 0; time < 3; time++) {
    const gradient = tf.tidy(() => {
      const { grads } = tf.variableGrads(() => tf.sum(tf.mul(tf.add(x, tf.mul(x, x)), x)) as tf.Scalar, [x])
      return [...grads[x.name]!.dataSync()]
    })
    // Of x² + x³.
    expect(gradient).toEqual([5, 16])
  }
  x.dispose()
})

it('keeps all for a gradient of a gradient', () => {
  const cube = (x: tf.Tensor) => tf.mul(tf.square(x), x)
  const second = tf.tidy(() =>
    tf
      .grad((x) => tf.sum(tf.grad(cube)(x)))(tf.tensor1d([1, 2, -3]))
      .dataSync(),
  )
  expect([...second]).toEqual([6, 12, -18])
})

it('leaves the gradient that was given to it', () => {
  const [x, dy] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([5, 6, 7])]
  const gradient = tf.grad((x) => tf.mul(tf.square(x), tf.square(x)))(x, dy)
  expect([...gradient.dataSync()]).toEqual([4 * 5, 4 * 8 * 6, 4 * 27 * 7])
  expect([...dy.dataSync()]).toEqual([5, 6, 7])
})
