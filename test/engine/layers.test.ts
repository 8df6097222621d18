// Layers of TensorFlow.js: a training step on the engine against the same step on the CPU backend.
import * as tf from '@tensorflow/tfjs-core'
import {
  input,
  type layers as Layers,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers'
import { describe, expect, it } from 'vitest'
import { layerNorm } from '../../orchestrator/src/zoo/layerNorm.ts'
import { engine, expectClose, floats, type Given, onCpu, signatures, valuesOf } from './compare.ts'

type Layer = Layers.Layer

/** Three steps of gradient descent on a squared error: losses, and weights after them. */
async function train(net: LayersModel, given: Record<string, Given>, onEngine: boolean) {
  const weights = net.weights.map((w) => w.read() as tf.Variable)
  const trainable = net.trainableWeights.map((w) => w.read() as tf.Variable)
  const step = ({ x }: Record<string, tf.Tensor>) => {
    const loss = () => tf.mean(tf.square(tf.sub(net.apply(x!, { training: true }) as tf.Tensor, 0.5))) as tf.Scalar
    const { value, grads } = tf.variableGrads(loss, trainable)
    for (const w of trainable) w.assign(tf.sub(w, tf.mul(grads[w.name]!, 0.1)))
    return { loss: value }
  }
  const results: Record<string, ArrayLike<number>> = {}
  if (onEngine) {
    const compiled = await (await engine()).compile(step, signatures(given))
    for (let i = 0; i < 3; i++) {
      for (const [name, values] of Object.entries(await compiled.run(valuesOf(given))))
        results[`${name} ${i}`] = values.slice()
    }
    compiled.dispose()
  } else {
    for (let i = 0; i < 3; i++) {
      for (const [name, values] of Object.entries(await onCpu(step, given))) results[`${name} ${i}`] = values
    }
  }
  for (const [i, w] of weights.entries()) results[`weight ${i} ${w.shape}`] = await w.data()
  return results
}

/** The same layers with the same weights on both backends. */
async function compareLayers(make: () => LayersModel, given: Given): Promise<void> {
  const runs = []
  for (const backend of ['cpu', 'retort'] as const) {
    await engine()
    await tf.setBackend(backend)
    const net = make()
    const initial = net.weights.map((w, i) => {
      const { values, shape } = floats(w.shape as number[], { low: -0.5, high: 0.5, seed: i + 3 })
      // Moving variances are positive.
      return tf.tensor(w.originalName.includes('variance') ? values.map(Math.abs) : values, shape)
    })
    net.setWeights(initial)
    runs.push(await train(net, { x: given }, backend === 'retort'))
    tf.disposeVariables()
  }
  const [expected, actual] = runs as [Awaited<ReturnType<typeof train>>, Awaited<ReturnType<typeof train>>]
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const [name, values] of Object.entries(expected)) expectClose(actual[name]!, values, 1e-4, name)
}

const image = floats([4, 6, 6, 3])
const row = floats([4, 10])

const cases: [string, Given, () => Layer[]][] = [
  ['dense', row, () => [layers.dense({ units: 5 })]],
  ...(
    [
      'relu',
      'relu6',
      'elu',
      'selu',
      'sigmoid',
      'tanh',
      'softmax',
      'softplus',
      'softsign',
      'hardSigmoid',
      'swish',
      'mish',
    ] as const
  ).map((activation): [string, Given, () => Layer[]] => [
    `dense, ${activation}`,
    row,
    () => [layers.dense({ units: 5, activation }), layers.dense({ units: 2 })],
  ]),
  [
    'leakyReLU and prelu',
    row,
    () => [layers.dense({ units: 5 }), layers.leakyReLU({ alpha: 0.1 }), layers.prelu(), layers.dense({ units: 2 })],
  ],
  ...(['same', 'valid'] as const).flatMap((padding) =>
    [1, 2].map((strides): [string, Given, () => Layer[]] => [
      `conv2d, ${padding}, strides ${strides}`,
      image,
      () => [
        layers.conv2d({ filters: 4, kernelSize: 3, padding, strides, activation: 'relu' }),
        layers.conv2d({ filters: 2, kernelSize: 2, padding }),
      ],
    ]),
  ),
  [
    'conv2d in blocks',
    image,
    () => [
      layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }),
      layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
      layers.conv2d({ filters: 16, kernelSize: 3, padding: 'valid' }),
    ],
  ],
  [
    'conv1d',
    floats([4, 8, 3]),
    () => [layers.conv1d({ filters: 4, kernelSize: 3, activation: 'relu' }), layers.globalAveragePooling1d({})],
  ],
  [
    'conv2dTranspose',
    image,
    () => [layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' })],
  ],
  [
    'depthwiseConv2d',
    image,
    () => [layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same', activation: 'relu' })],
  ],
  ['separableConv2d', image, () => [layers.separableConv2d({ filters: 4, kernelSize: 3, padding: 'same' })]],
  [
    'batch normalisation of rows',
    row,
    () => [layers.dense({ units: 6 }), layers.batchNormalization(), layers.dense({ units: 2 })],
  ],
  [
    'batch normalisation of images',
    image,
    () => [
      layers.conv2d({ filters: 5, kernelSize: 3 }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu' }),
      layers.conv2d({ filters: 2, kernelSize: 3 }),
    ],
  ],
  [
    'layer normalisation',
    row,
    () => [layers.dense({ units: 6 }), layers.layerNormalization(), layerNorm({}), layers.dense({ units: 2 })],
  ],
  [
    'max pooling',
    image,
    () => [
      layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 3 }),
    ],
  ],
  [
    'overlapping max pooling',
    image,
    () => [
      layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' }),
      layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
    ],
  ],
  [
    'average pooling',
    image,
    () => [layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' }), layers.averagePooling2d({ poolSize: 2 })],
  ],
  [
    'global pooling',
    image,
    () => [layers.conv2d({ filters: 4, kernelSize: 3 }), layers.globalAveragePooling2d({}), layers.dense({ units: 3 })],
  ],
  [
    'global max pooling',
    image,
    () => [layers.conv2d({ filters: 4, kernelSize: 3 }), layers.globalMaxPooling2d({}), layers.dense({ units: 3 })],
  ],
  [
    'reshape, permute, zero padding, repeat',
    image,
    () => [
      layers.zeroPadding2d({ padding: 1 }),
      layers.conv2d({ filters: 4, kernelSize: 3 }),
      layers.permute({ dims: [3, 1, 2] }),
      layers.reshape({ targetShape: [16, 9] }),
      layers.flatten(),
      layers.repeatVector({ n: 2 }),
      layers.dense({ units: 3 }),
    ],
  ],
]

describe('a training step agrees with the CPU backend', () => {
  for (const [name, given, make] of cases) {
    it(name, () =>
      compareLayers(() => {
        const [first, ...rest] = make()
        const x = input({ shape: given.shape.slice(1) })
        return model({
          inputs: x,
          outputs: rest.reduce((y, layer) => layer.apply(y) as SymbolicTensor, first!.apply(x) as SymbolicTensor),
        })
      }, given),
    )
  }

  it('residual blocks with concatenation and shared layers', () =>
    compareLayers(() => {
      const x = input({ shape: [6, 6, 3] })
      const conv = (filters: number) => layers.conv2d({ filters, kernelSize: 3, padding: 'same' })
      const a = layers.reLU().apply(conv(4).apply(x)) as SymbolicTensor
      const shared = conv(4)
      const b = shared.apply(layers.reLU().apply(shared.apply(a))) as SymbolicTensor
      const sum = layers.add().apply([a, b]) as SymbolicTensor
      const joined = layers.concatenate().apply([sum, x]) as SymbolicTensor
      const y = layers.dense({ units: 3 }).apply(layers.globalAveragePooling2d({}).apply(joined)) as SymbolicTensor
      return model({ inputs: x, outputs: y })
    }, image))

  it('frozen layers', () =>
    compareLayers(
      () =>
        sequential({
          layers: [
            layers.dense({ units: 5, activation: 'relu', inputShape: [10], trainable: false }),
            layers.dense({ units: 3 }),
          ],
        }),
      row,
    ))
})
