import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { input, layers, loadLayersModel, model } from '@tensorflow/tfjs-layers'
import { describe, expect, it } from 'vitest'
import { batchNorm, normalise } from '../../orchestrator/src/zoo/batchNorm.ts'
import { buildModel } from '../../orchestrator/src/zoo/buildModel.ts'

const epsilon = 1e-5

/** The same, with the gradient that TensorFlow.js derives from its own operations. */
function plain(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis).slice(0, -1)
  const { mean, variance } = tf.moments(x, axes)
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon))), gamma), beta)
}

describe.each([[[4, 3, 2, 5]], [[6, 5]]])('batch norm of %j', (shape) => {
  const x = tf.randomNormal(shape, 3, 2, 'float32', 1)
  const gamma = tf.randomNormal([5], 1, 0.5, 'float32', 2)
  const beta = tf.randomNormal([5], 0, 1, 'float32', 3)
  const dy = tf.randomNormal(shape, 0, 1, 'float32', 4)

  it('has the values and gradients of the plain formula', () => {
    const nothing = () => {}
    const ours = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) => normalise(a, b, c, nothing))(
      [x, gamma, beta],
      dy,
    )
    const theirs = tf.valueAndGrads(plain)([x, gamma, beta], dy)
    const pairs = [[ours.value, theirs.value], ...ours.grads.map((grad, index) => [grad, theirs.grads[index]!])]
    for (const [one, other] of pairs) {
      expect(one!.shape).toEqual(other!.shape)
      expect(tf.max(tf.abs(tf.sub(one!, other!))).arraySync()).toBeLessThan(2e-5)
    }
  })

  it('tells the batch’s mean and unbiased variance', () => {
    let seen: tf.Tensor[] = []
    normalise(x, gamma, beta, (...statistics) => {
      seen = statistics.map((each) => tf.keep(each))
    })
    const { mean, variance } = tf.moments(x, x.shape.map((_, axis) => axis).slice(0, -1))
    const count = x.size / 5
    const expected = [mean, tf.mul(variance, count / (count - 1))]
    for (const [index, each] of seen.entries()) {
      expect(tf.max(tf.abs(tf.sub(each, expected[index]!))).arraySync()).toBeLessThan(1e-5)
    }
    expect(seen.length).toBe(2)
  })
})

describe('the layer', () => {
  it('moves its statistics a tenth of the way at each training pass and uses them otherwise', () => {
    const cnn = buildModel(
      { type: 'cnn', filters: [3], kernelSize: 3, dense: [], batchNorm: true, activation: 'relu', dropout: 0 },
      [4, 4, 1],
      2,
      1,
    )
    const images = tf.randomNormal([8, 4, 4, 1], 1, 2, 'float32', 5)
    const convolved = cnn.getLayer('conv1').apply(images) as tf.Tensor
    const { mean, variance } = tf.moments(convolved, [0, 1, 2])
    const before = (cnn.apply(images, { training: false }) as tf.Tensor).arraySync()
    cnn.apply(images, { training: true })
    const [, , movingMean, movingVariance] = cnn.getLayer('conv1_norm').getWeights()
    const near = (one: tf.Tensor, other: tf.Tensor) =>
      expect(tf.max(tf.abs(tf.sub(one, other))).arraySync()).toBeLessThan(1e-5)
    near(movingMean!, tf.mul(mean, 0.1))
    near(movingVariance!, tf.add(0.9, tf.mul(variance, (0.1 * 128) / 127)))
    expect((cnn.apply(images, { training: false }) as tf.Tensor).arraySync()).not.toEqual(before)
  })

  it('saves itself as TensorFlow.js’s own, which then gives the same', async () => {
    const images = input({ shape: [2, 2, 3] })
    const ours = model({ inputs: images, outputs: batchNorm(images, 'norm') })
    ours.getLayer('norm').setWeights(
      [
        [1, 2, 3],
        [4, 5, 6],
        [-1, 0, 1],
        [1, 2, 4],
      ].map((values) => tf.tensor1d(values)),
    )
    let saved: tf.io.ModelArtifacts | undefined
    await ours.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
      }),
    )
    const loaded = await loadLayersModel(tf.io.fromMemory(saved!))
    expect(loaded.getLayer('norm').constructor).toBe(layers.batchNormalization().constructor)
    const x = tf.randomNormal([5, 2, 2, 3], 0, 1, 'float32', 1)
    expect((loaded.predict(x) as tf.Tensor).arraySync()).toEqual((ours.predict(x) as tf.Tensor).arraySync())
  })
})
