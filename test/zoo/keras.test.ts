// Models from Keras's and TensorFlow.js's files.
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import {
  input,
  layers as kerasLayers,
  model as kerasModel,
  sequential as kerasSequential,
  models,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers'
import { describe, expect, it } from 'vitest'
import { ArchitectureProblem } from '../../orchestrator/src/zoo/architectureProblem.ts'
import { buildModel } from '../../orchestrator/src/zoo/buildModel.ts'
import { dropoutMasks } from '../../orchestrator/src/zoo/dropout.ts'
import { initialise } from '../../orchestrator/src/zoo/initialise.ts'
import { kerasNotes } from '../../orchestrator/src/zoo/keras.ts'
import { multiplyAccumulates, parameterCount } from '../../orchestrator/src/zoo/measure.ts'
import { architectureOf, functional, layer, mobileNet, sequential, written } from './topologies/build.ts'

type Shape = [number, number, number]
const mnist: Shape = [28, 28, 1]
const build = (content: unknown, shape: Shape = mnist, classes = 10, seed = 1) =>
  buildModel(architectureOf(content), shape, classes, seed)
const notes = (content: unknown, shape: Shape = mnist) => kerasNotes(architectureOf(content), shape)
const dense = (units: number, config = {}) => layer('Dense', { units, ...config })

function trainable(model: ReturnType<typeof build>): number {
  return model.trainableWeights.reduce((sum, weight) => sum + tf.util.sizeFromShape(weight.shape as number[]), 0)
}

describe('sizes', () => {
  // Counts that keras.applications.MobileNet(weights=None, alpha).summary() prints.
  it.each([
    [0.25, 475_544, 470_072],
    [1, 4_253_864, 4_231_976],
  ])('of MobileNet, alpha %f: %i parameters', (alpha, all, own) => {
    const model = build(mobileNet(alpha, 224, 1000), [224, 224, 3], 1000)
    expect(parameterCount(model)).toBe(all)
    expect(trainable(model)).toBe(own)
    // Table 6 of the paper: 569 and 41 million multiply-adds.
    expect(multiplyAccumulates(model) / 1e6).toBeCloseTo(alpha === 1 ? 569 : 41, -0.5)
    model.dispose()
  })

  // Counts that Keras 3.15 prints for these files.
  it.each([
    ['keras3-cnn', 43_706],
    ['keras3-shared', 198],
    ['keras3-lstm', 3_050],
    ['keras3-nested', 106],
  ])('of %s: %i parameters', (name, count) => {
    expect(parameterCount(build(written(name)))).toBe(count)
  })

  // Keras 3.15 and 2.15 count 20 + 30.
  it('of a Flatten of what is flat already, which TensorFlow.js refuses', () => {
    const pooled = [layer('GlobalAveragePooling2D'), layer('Flatten'), dense(10)]
    expect(
      parameterCount(build(sequential([28, 28, 1], layer('Conv2D', { filters: 2, kernel_size: 3 }), ...pooled))),
    ).toBe(50)
  })

  // Keras 2.15 counts 9 * 1 * 2 + 2 * 3 + 3 + 30, and writes settings of a kernel that the layer has not.
  it('of a SeparableConv2D as Keras 2 writes it', () => {
    const kernel = {
      kernel_initializer: { class_name: 'GlorotUniform', config: { seed: null } },
      kernel_regularizer: null,
      kernel_constraint: null,
    }
    const separable = layer('SeparableConv2D', { filters: 3, kernel_size: [3, 3], depth_multiplier: 2, ...kernel })
    const pooled = [layer('GlobalAveragePooling2D'), dense(10)]
    expect(parameterCount(build(sequential(mnist, separable, ...pooled)))).toBe(67)
  })

  it('counts a shared layer’s products each time, and a recurrent layer’s each step', () => {
    expect(multiplyAccumulates(build(written('keras3-shared')))).toBe(2 * 28 * 28 * 9 * 4 * 4 + 40)
    expect(multiplyAccumulates(build(written('keras3-lstm')))).toBe(28 * (28 + 16) * 64 + 160)
  })
})

describe('what the file says', () => {
  it('is computed as TensorFlow.js computes it', async () => {
    const images = input({ shape: [8, 8, 3] })
    const shared = kerasLayers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'elu', name: 'shared' })
    const once = shared.apply(images) as SymbolicTensor
    const twice = shared.apply(once) as SymbolicTensor
    const sum = kerasLayers.concatenate({ name: 'both' }).apply([once, twice]) as SymbolicTensor
    const normal = kerasLayers.batchNormalization({ name: 'bn' }).apply(sum) as SymbolicTensor
    const separable = kerasLayers.separableConv2d({ filters: 5, kernelSize: 2, strides: 2, name: 'sep' })
    const flat = kerasLayers.flatten().apply(separable.apply(normal)) as SymbolicTensor
    const output = kerasLayers.dense({ units: 4, name: 'out' }).apply(flat) as SymbolicTensor
    const theirs = kerasModel({ inputs: images, outputs: output })
    const ours = build({ modelTopology: theirs.toJSON(null, false), format: 'layers-model' }, [8, 8, 3], 4)
    expect(ours.weights.map(({ shape }) => shape)).toEqual(theirs.weights.map(({ shape }) => shape))
    theirs.setWeights(ours.getWeights())
    const x = tf.randomNormal([6, 8, 8, 3], 0, 1, 'float32', 3)
    const far = (one: unknown, other: unknown) =>
      tf.max(tf.abs(tf.sub(one as tf.Tensor, other as tf.Tensor))).arraySync() as number
    expect(far(ours.apply(x, { training: false }), theirs.apply(x, { training: false }))).toBeLessThan(1e-5)
    expect(far(ours.apply(x, { training: true }), theirs.apply(x, { training: true }))).toBeLessThan(1e-4)
    const gradients = [ours, theirs].map((model) => {
      const { grads } = tf.variableGrads(() => tf.sum(tf.square(model.apply(x, { training: true }) as tf.Tensor)))
      return model.trainableWeights.map((weight) => grads[(weight.read() as tf.Variable).name]!)
    })
    for (const [index, one] of gradients[0]!.entries()) {
      const other = gradients[1]![index]!
      const scale = tf.max(tf.abs(other)).arraySync() as number
      expect(far(one, other)).toBeLessThan(1e-3 * Math.max(1, scale))
    }
    // Moving means after the same three passes, the variances but for Bessel's correction of 384 / 383.
    const moved = (model: typeof ours) => model.getLayer('bn').getWeights()
    expect(far(moved(ours)[2], moved(theirs)[2])).toBeLessThan(1e-5)
    expect(far(moved(ours)[3], moved(theirs)[3])).toBeLessThan(1e-3)
  })

  it('is the same in the forms of Keras 2, Keras 3 and TensorFlow.js', async () => {
    const theirs = kerasSequential({
      layers: [
        kerasLayers.flatten({ inputShape: [28, 28, 1], name: 'layer_1' }),
        kerasLayers.dense({ units: 10, name: 'layer_2' }),
      ],
    })
    const zeros = { class_name: 'Zeros', config: {} }
    const keras2 = sequential(mnist, layer('Flatten'), dense(10, { bias_initializer: zeros }))
    const keras3 = sequential(
      null,
      layer('InputLayer', { batch_shape: [null, 28, 28, 1], name: 'i' }),
      layer('Flatten'),
      dense(10),
    )
    const saved = {
      modelTopology: { model_config: keras2, keras_version: '2.9.0' },
      weightsManifest: [],
      format: 'layers-model',
    }
    for (const content of [keras2, keras3, saved, { modelTopology: theirs.toJSON(null, false) }]) {
      expect(parameterCount(build(content))).toBe(7850)
    }
    expect(architectureOf(saved).sha256).toBe(architectureOf(keras2).sha256)
  })

  it.each(['alpha', 'negative_slope'])('names the slope of LeakyReLU %s', (setting) => {
    const content = sequential([2, 1, 1], layer('LeakyReLU', { [setting]: 0.125 }), layer('Flatten'))
    const model = build(content, [2, 1, 1], 2)
    expect([...(model.predict(tf.tensor4d([-8, 8], [1, 2, 1, 1])) as tf.Tensor).dataSync()]).toEqual([-1, 8])
  })

  it('is exported so that TensorFlow.js reads it', async () => {
    const ours = build(mobileNet(0.25, 32, 10), [32, 32, 3])
    const again = await models.modelFromJSON(ours.toJSON(null, false) as never)
    again.setWeights(ours.getWeights())
    const x = tf.randomNormal([2, 32, 32, 3], 0, 1, 'float32', 3)
    const [one, other] = [ours, again].map((model) => (model.predict(x) as tf.Tensor).dataSync())
    expect([...one!]).toEqual([...other!].map((value) => expect.closeTo(value, 6)))
  })

  it('goes for nested models, however often and in whichever Keras they are used', () => {
    const inner = functional([4, 4, 1], [layer('Conv2D', { filters: 1, kernel_size: [3, 3], padding: 'same' })])
    const twice = (first: number) => ({
      class_name: 'Model',
      config: {
        name: 'outer',
        layers: [
          {
            class_name: 'InputLayer',
            name: 'a',
            config: { batch_input_shape: [null, 4, 4, 1], name: 'a' },
            inbound_nodes: [],
          },
          { ...inner, name: 'inner', inbound_nodes: [[['a', 0, 0, {}]], [['inner', first, 0, {}]]] },
          { ...layer('Flatten', { name: 'f' }), name: 'f', inbound_nodes: [[['inner', first + 1, 0, {}]]] },
          { ...dense(2, { name: 'd' }), name: 'd', inbound_nodes: [[['f', 0, 0, {}]]] },
        ],
        input_layers: [['a', 0, 0]],
        output_layers: [['d', 0, 0]],
      },
    })
    for (const first of [0, 1]) {
      const model = build(twice(first), [4, 4, 1], 2)
      expect(parameterCount(model)).toBe(10 + 34)
      expect(multiplyAccumulates(model)).toBe(2 * 16 * 9 + 32)
    }
  })
})

describe('the input', () => {
  const classifier = (shape: (number | null)[] | null) => sequential(shape, layer('Flatten'), dense(10))

  it.each([[[28, 28, 1]], [[null, null, 1]], [null], [[28, 28]], [[784]]])(
    'of %j takes images of 28 x 28 x 1',
    (shape) => {
      const content = shape?.length === 1 ? sequential(shape, dense(10)) : classifier(shape)
      const model = build(content)
      expect(model.inputs[0]!.shape).toEqual([null, 28, 28, 1])
      expect(parameterCount(model)).toBe(7850)
      const reshaped = shape !== null && shape.length < 3
      expect(notes(content)).toEqual(
        reshaped ? [`images of [28, 28, 1] are reshaped to its input of [${shape.join(', ')}]`] : [],
      )
    },
  )

  it.each([[[32, 32, 3]], [[1, 14, 56]], [[56, 14]], [[785]]])('of %j does not', (shape) => {
    expect(() => build(sequential(shape, layer('Flatten'), dense(10)))).toThrow(
      `expected an input of [28, 28, 1], as the data's images are, got [${shape.join(', ')}]`,
    )
  })
})

describe('the output', () => {
  const ending = (...layers: Record<string, unknown>[]) => sequential(mnist, layer('Flatten'), ...layers)
  const plain = ending(dense(10))

  it.each<[string, unknown]>([
    ['an activation of the last layer', ending(dense(10, { activation: 'softmax' }))],
    ['an Activation layer', ending(dense(10), layer('Activation', { activation: 'softmax' }))],
    ['a Softmax layer', ending(dense(10), layer('Softmax', { axis: -1 }))],
    ['a softmax before a Reshape', ending(dense(10), layer('Softmax'), layer('Reshape', { target_shape: [10] }))],
    ['a softmax of a model inside', ending(sequential(null, dense(10, { activation: 'softmax' })))],
  ])('loses %s, and says so', (_, content) => {
    const x = tf.randomNormal([3, ...mnist], 0, 1, 'float32', 1)
    const logits = (model: ReturnType<typeof build>) => [...(model.predict(x) as tf.Tensor).dataSync()]
    expect(logits(build(content))).toEqual(logits(build(plain)))
    expect(notes(content)).toEqual([
      expect.stringMatching(/^the softmax of its last layer "layer_\d" is left out: the loss takes logits$/),
    ])
    expect(notes(plain)).toEqual([])
  })

  it.each<[string, unknown, string]>([
    [
      'too many logits',
      ending(dense(1000)),
      'expected an output of [batch, 10], one logit for each class, got [any, 1000] from layer "layer_2"',
    ],
    [
      'a map of them',
      sequential(mnist, layer('Conv2D', { filters: 10, kernel_size: [1, 1] })),
      'got [any, 28, 28, 10] from layer "layer_1"',
    ],
    [
      'probabilities by sigmoid',
      ending(dense(10, { activation: 'sigmoid' })),
      'layer "layer_2": expected logits at the end, or a softmax, which is left out; got sigmoid',
    ],
  ])('is refused for %s', (_, content, message) => {
    expect(() => build(content)).toThrow(ArchitectureProblem)
    expect(() => build(content)).toThrow(message)
  })

  it('is refused for a softmax that is used elsewhere, too', () => {
    const model = functional(mnist, [
      layer('Flatten'),
      dense(10, { activation: 'softmax' }),
      layer('Reshape', { target_shape: [10] }),
    ])
    const { layers } = model.config as { layers: { inbound_nodes: unknown[] }[] }
    layers.push({
      ...layer('Add', { name: 'sum' }),
      name: 'sum',
      inbound_nodes: [
        [
          ['layer_3', 0, 0, {}],
          ['layer_2', 0, 0, {}],
        ],
      ],
    } as never)
    layers.push({ ...layer('Softmax', { name: 'end' }), name: 'end', inbound_nodes: [[['sum', 0, 0, {}]]] } as never)
    expect(build({ ...model, config: { ...(model.config as object), output_layers: [['end', 0, 0]] } })).toBeDefined()
    const both = { ...model, config: { ...(model.config as object), output_layers: [['layer_3', 0, 0]] } }
    expect(() => build(both)).toThrow(
      'layer "layer_2": expected logits at the end, got a softmax that other layers use, too',
    )
  })
})

describe('a layer that cannot be built', () => {
  it.each<[string, unknown, string]>([
    [
      'an image that is too small',
      sequential(mnist, layer('Conv2D', { filters: 2, kernel_size: [31, 31] }), layer('Flatten'), dense(10)),
      'layer "layer_1" (Conv2D): its input of [any, 28, 28, 1] is too small: its output would be [any, -2, -2, 2]',
    ],
    [
      'a setting that TensorFlow.js refuses',
      sequential(mnist, layer('Flatten'), dense(-3)),
      'layer "layer_2" (Dense): ',
    ],
    [
      'an activation that it has not',
      sequential(mnist, layer('Flatten'), dense(10, { activation: 'crelu' })),
      'layer "layer_2" (Dense): there is no activation "crelu" here; those known are celu, elu, exponential, gelu, gelu_new, hard_shrink, hard_sigmoid, hard_silu, ',
    ],
    [
      'a crop of more than there is',
      sequential(mnist, layer('CenterCrop', { height: 20, width: 32 }), layer('Flatten'), dense(10)),
      'layer "layer_1" (CenterCrop): expected images of at least 20 x 32, got 28 x 28',
    ],
  ])('is named: %s', (_, content, message) => {
    expect(() => build(content)).toThrow(ArchitectureProblem)
    expect(() => build(content)).toThrow(message)
  })
})

describe('noise', () => {
  it('of Dropout comes from outside, in nested models too, and none where the rate is 0', () => {
    const content = sequential(
      mnist,
      layer('Dropout', { rate: 0.1 }),
      layer('Flatten'),
      layer('Dropout', { rate: 0 }),
      {
        ...sequential(null, layer('Dropout', { rate: 0.5, name: 'inside' })),
        config: {
          ...(sequential(null, layer('Dropout', { rate: 0.5, name: 'inside' })).config as object),
          name: 'body',
        },
      },
      dense(10),
    )
    const masks = dropoutMasks(build(content))
    expect(masks).toEqual([
      { name: 'layer_1', rate: 0.1, shape: mnist },
      { name: 'body/inside', rate: 0.5, shape: [784] },
    ])
  })
})

describe('noise of whole parts', () => {
  it.each<[string, Record<string, unknown>, number[]]>([
    ['a sample', layer('Dropout', { rate: 0.5, noise_shape: [null, 1, 1, 1] }), [1, 1, 1]],
    ['a row', layer('Dropout', { rate: 0.5, noise_shape: [null, null, 1, 1] }), [6, 1, 1]],
    ['a channel', layer('SpatialDropout2D', { rate: 0.5 }), [1, 1, 2]],
    ['a channel that comes first', layer('SpatialDropout2D', { rate: 0.5, data_format: 'channels_first' }), [6, 1, 1]],
  ])('drops %s', (_, drops, shape) => {
    const model = build(sequential([6, 4, 2], drops, layer('Flatten'), dense(3)), [6, 4, 2], 3)
    expect(dropoutMasks(model)).toEqual([{ name: 'layer_1', rate: 0.5, shape }])
    const view = kerasModel({ inputs: model.inputs, outputs: model.layers[1]!.output as SymbolicTensor })
    const mask = tf.cast(tf.range(0, 3 * tf.util.sizeFromShape(shape)), 'float32')
    const kwargs = { training: true, masks: { layer_1: tf.reshape(mask, [3, ...shape]) } }
    const result = view.apply(tf.ones([3, 6, 4, 2]), kwargs) as tf.Tensor
    const expected = tf.mul(tf.reshape(mask, [3, ...shape]), tf.ones([3, 6, 4, 2]))
    expect([...result.dataSync()]).toEqual([...expected.dataSync()])
    expect([...(view.apply(tf.ones([1, 6, 4, 2]), { training: false }) as tf.Tensor).dataSync()]).toEqual(
      Array(48).fill(1),
    )
  })

  it('drops attention, of each head', () => {
    const attends = layer('MultiHeadAttention', { num_heads: 2, key_dim: 3, dropout: 0.1 })
    const model = build(sequential([5, 4], attends, layer('Flatten'), dense(3)), [5, 4, 1], 3)
    expect(dropoutMasks(model)).toEqual([{ name: 'layer_1', rate: 0.1, shape: [2, 5, 5] }])
  })

  it.each([
    [[null, 2, 1, 1], 'expected noise that fits samples of [6, 4, 2], got [2, 1, 1]'],
    [[1, 1, 1, 1], 'expected noise of each sample, [null, …], got [1,1,1,1]'],
  ])('is refused where its shape is %j', (noise_shape, message) => {
    const content = sequential([6, 4, 2], layer('Dropout', { rate: 0.5, noise_shape }), layer('Flatten'), dense(3))
    expect(() => build(content, [6, 4, 2], 3)).toThrow(message)
  })
})

describe('initial weights', () => {
  const initial = (name: string, config = {}) => ({ class_name: name, config: { seed: 5, ...config } })
  const kernel = (initializer: unknown, units = 400, seed = 1, shape: Shape = [20, 20, 1]) => {
    const content = sequential(null, layer('Flatten'), dense(units, { kernel_initializer: initializer }))
    return build(content, shape, units, seed).weights[0]!.read().dataSync() as Float32Array
  }
  const deviation = (values: Float32Array) =>
    Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length)

  it('follow the trial’s seed, whatever seed the file names', () => {
    const [one, same, other] = [1, 1, 2].map((seed) => [...kernel(initial('GlorotUniform'), 10, seed)])
    expect(same).toEqual(one)
    expect(other).not.toEqual(one)
    const model = build(written('keras3-lstm'), mnist, 10, 7)
    const values = () => model.getWeights().map((weight) => [...weight.dataSync()])
    const drawn = values()
    initialise(model, architectureOf(written('keras3-lstm')), 8)
    expect(values()[0]).not.toEqual(drawn[0])
    initialise(model, architectureOf(written('keras3-lstm')), 7)
    expect(values()).toEqual(drawn)
  })

  it.each([
    ['GlorotUniform', {}, Math.sqrt(1 / 400)],
    ['GlorotNormal', {}, Math.sqrt(1 / 400)],
    ['HeNormal', {}, Math.sqrt(2 / 400)],
    ['HeUniform', {}, Math.sqrt(2 / 400)],
    ['LecunNormal', {}, Math.sqrt(1 / 400)],
    ['VarianceScaling', { scale: 3, mode: 'fan_out', distribution: 'truncated_normal' }, Math.sqrt(3 / 400)],
    ['RandomNormal', { mean: 0, stddev: 0.2 }, 0.2],
    ['RandomUniform', { minval: -0.3, maxval: 0.3 }, 0.3 / Math.sqrt(3)],
    ['TruncatedNormal', { mean: 0, stddev: 0.2 }, 0.2 * 0.8796],
    ['Orthogonal', { gain: 2 }, 2 / 20],
    ['Identity', { gain: 1 }, 1 / 20],
    ['Constant', { value: 0.7 }, 0.7],
    ['Ones', {}, 1],
    ['Zeros', {}, 0],
  ])('of %s %j have its deviation', (name, config, expected) => {
    expect(deviation(kernel(initial(name, config))) - expected).toBeLessThan(0.02 * expected + 1e-9)
    expect(deviation(kernel(initial(name, config))) - expected).toBeGreaterThan(-0.02 * expected - 1e-9)
  })

  it('of Orthogonal are orthonormal rows or columns, the smaller number of them', () => {
    for (const units of [6, 12]) {
      const matrix = tf.tensor2d(kernel(initial('Orthogonal'), units, 1, [3, 3, 1]), [9, units])
      const product = units < 9 ? tf.matMul(matrix, matrix, true) : tf.matMul(matrix, matrix, false, true)
      expect(tf.max(tf.abs(tf.sub(product, tf.eye(Math.min(9, units))))).arraySync()).toBeLessThan(1e-5)
    }
  })

  it('of an LSTM remember: ones in the forget gate’s bias', () => {
    const bias = build(written('keras3-lstm')).weights[2]!.read().dataSync()
    expect([...bias]).toEqual([...Array(16).fill(0), ...Array(16).fill(1), ...Array(32).fill(0)])
  })

  it('of wrapped layers are drawn, too', () => {
    const lstm = layer('GRU', { units: 3, name: 'gru', reset_after: false })
    const content = sequential(
      [28, 28],
      layer('TimeDistributed', { layer: dense(5, { name: 'd' }) }),
      layer('Bidirectional', { layer: lstm, merge_mode: 'concat' }),
      dense(10),
    )
    const model = build(content)
    for (const { originalName, shape, read } of model.weights.map((w) => ({
      originalName: w.originalName,
      shape: w.shape,
      read: w.read(),
    }))) {
      if (!originalName.includes('bias'))
        expect([originalName, shape, deviation(read.dataSync() as Float32Array) > 0.1]).toEqual([
          originalName,
          shape,
          true,
        ])
    }
    expect(multiplyAccumulates(model)).toBe(28 * 28 * 5 + 2 * 28 * (5 + 3) * 9 + 60)
  })
})

it.each<[string, Record<string, unknown>]>([
  ['Rescaling', { scale: 1 / 255 }],
  ['Normalization', { axis: -1, mean: null, variance: null }],
])('a %s of the samples is told of, since they are standardised', (type, config) => {
  const content = sequential(mnist, layer(type, config), layer('Flatten'), layer(type, config), dense(10))
  expect(notes(content)).toEqual([
    `its first layer "layer_1" (${type}) is kept, and gets samples that are standardised already`,
  ])
})

it('regularizers are left out, and told of', () => {
  const l2 = { class_name: 'L2', config: { l2: 0.01 } }
  const content = sequential(
    mnist,
    layer('Flatten'),
    dense(5, { kernel_regularizer: l2, bias_regularizer: l2 }),
    dense(10),
  )
  expect(build(content).losses).toEqual([])
  expect(notes(content)).toEqual([
    'the regularizers of 1 layer are left out: training.optimizer.weightDecay says how weights decay',
  ])
})
