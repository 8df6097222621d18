import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { input, type LayersModel, layers, loadLayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { describe, expect, it } from 'vitest'
import { layerNorm, normalise } from '../../orchestrator/src/zoo/layerNorm.ts'

/** The same, with the gradient that TensorFlow.js derives from its own operations. */
const plain = (axes: number[], epsilon: number) => (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
  const { mean, variance } = tf.moments(x, axes, true)
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon))), gamma), beta)
}

function expectNear(one: tf.Tensor, other: tf.Tensor): void {
  expect(one.shape).toEqual(other.shape)
  expect(tf.max(tf.abs(tf.sub(one, other))).arraySync()).toBeLessThan(2e-5)
}

it.each([
  [[6, 5], [1]],
  [[4, 3, 2, 5], [3]],
  [
    [4, 3, 2, 5],
    [1, 3],
  ],
])('layer norm of %j over %j has the values and gradients of the plain formula', (shape, axes) => {
  const broadcast = shape.map((length, axis) => (axes.includes(axis) ? length : 1))
  const x = tf.randomNormal(shape, 3, 2, 'float32', 1)
  const gamma = tf.randomNormal(broadcast, 1, 0.5, 'float32', 2)
  const beta = tf.randomNormal(broadcast, 0, 1, 'float32', 3)
  const dy = tf.randomNormal(shape, 0, 1, 'float32', 4)
  const ours = tf.valueAndGrads((...given: tf.Tensor[]) => normalise(given[0]!, given[1]!, given[2]!, axes, 0.01))(
    [x, gamma, beta],
    dy,
  )
  const theirs = tf.valueAndGrads((...given: tf.Tensor[]) => plain(axes, 0.01)(given[0]!, given[1]!, given[2]!))(
    [x, gamma, beta],
    dy,
  )
  expectNear(ours.value, theirs.value)
  for (const [index, gradient] of ours.grads.entries()) expectNear(gradient, theirs.grads[index]!)
})

const variants: { axis?: number[]; epsilon?: number; scale?: boolean; center?: boolean }[] = [
  {},
  { axis: [1, 2], epsilon: 0.1 },
  { scale: false },
  { center: false },
]

describe.each(variants)('the layer with %j', (settings) => {
  const images = input({ shape: [2, 3, 4] })
  const through = (layer: layers.Layer): LayersModel =>
    model({ inputs: images, outputs: layer.apply(images) as SymbolicTensor })
  const ours = through(layerNorm({ ...settings, name: 'ours' }))
  const theirs = through(layers.layerNormalization({ ...settings, name: 'theirs' }))
  const values = ours.weights.map(({ shape }, index) => tf.randomNormal(shape as number[], 1, 1, 'float32', index + 1))
  ours.setWeights(values)
  theirs.setWeights(values)
  const x = tf.randomNormal([5, 2, 3, 4], 0, 1, 'float32', 9)

  it('gives what TensorFlow.js’s own gives, which has no gradient without a scale', () => {
    expectNear(ours.predict(x) as tf.Tensor, theirs.predict(x) as tf.Tensor)
  })

  it('has the gradients of the plain formula', () => {
    const { axis = [3], epsilon = 1e-3 } = settings
    const variables = ours.weights.map((weight) => weight.read() as tf.Variable)
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.square(ours.apply(x, { training: true }) as tf.Tensor)) as tf.Scalar,
      variables,
    )
    const expected = tf.grads((...weights) => {
      const shape = x.shape.map((length, place) => (axis.includes(place) ? length : 1))
      const named = (name: string) => weights[ours.weights.findIndex(({ originalName }) => originalName.endsWith(name))]
      const [gamma, beta] = [named('gamma') ?? tf.ones(shape), named('beta') ?? tf.zeros(shape)]
      return tf.sum(tf.square(plain(axis, epsilon)(x, tf.reshape(gamma, shape), tf.reshape(beta, shape))))
    })(values)
    expect(expected.length).toBeGreaterThan(0)
    for (const [index, gradient] of expected.entries()) {
      expectNear(tf.div(grads[variables[index]!.name]!, 100), tf.div(gradient, 100))
    }
  })

  it('saves itself as TensorFlow.js’s own, which then gives the same', async () => {
    let saved: tf.io.ModelArtifacts | undefined
    await ours.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
      }),
    )
    const loaded = await loadLayersModel(tf.io.fromMemory(saved!))
    expect(loaded.getLayer('ours').constructor).toBe(layers.layerNormalization().constructor)
    expectNear(loaded.predict(x) as tf.Tensor, ours.predict(x) as tf.Tensor)
  })
})
