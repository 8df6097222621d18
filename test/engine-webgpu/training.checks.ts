// Training steps on WebGPU against the same ones on the CPU.
import { deepEqual, equal } from 'node:assert/strict'
import type { Engine, Step } from '@retort/orchestrator/engine/engine'
import { optimizerOf } from '@retort/orchestrator/trial/optimizers/optimizers'
import { scalarInputs } from '@retort/orchestrator/trial/steps'
import { openWorkbench } from '@retort/orchestrator/trial/workbench'
import type { WorkbenchRequest } from '@retort/orchestrator/trial/workbenchRequest'
import { layerNorm } from '@retort/orchestrator/zoo/layerNorm'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers'
import { floats, type Given, signatures, valuesOf, whole } from '../engine/compare.ts'
import { closeTo } from './closeTo.ts'
import { countingCpuSessions, cpu, webgpu } from './onGpu.ts'
import type { Checks } from './webgpuTests.ts'

type Seen = WorkbenchRequest['data']

const tolerance = 1e-3
const batch = 4

const architectures: Record<string, ResolvedArchitecture> = {
  mlp: { type: 'mlp', hidden: [12], activation: 'relu', dropout: 0 },
  cnn: {
    type: 'cnn',
    filters: [4, 6],
    kernelSize: 3,
    dense: [8],
    batchNorm: true,
    activation: 'relu',
    dropout: 0,
  },
  resnet: { type: 'resnet', depth: 8, width: 3, stem: 'width', dropout: 0 },
  mobilenet: { type: 'mobilenet', blocks: 4, widthMultiplier: 0.125, dropout: 0 },
  'text-cnn': {
    type: 'text-cnn',
    embedding: 6,
    filters: 4,
    kernelSizes: [2, 3],
    dense: [],
    activation: 'relu',
    maskPadding: true,
    dropout: 0,
  },
  lstm: { type: 'lstm', embedding: 6, units: [5], bidirectional: false, maskPadding: true, dropout: 0 },
  transformer: {
    type: 'transformer',
    width: 8,
    depth: 2,
    heads: 2,
    expansion: 2,
    causal: false,
    activation: 'relu',
    maskPadding: true,
    dropout: 0,
  },
  'causal-transformer': {
    type: 'causal-transformer',
    width: 8,
    depth: 1,
    heads: 2,
    expansion: 2,
    tied: true,
    activation: 'relu',
    dropout: 0,
  },
}

const images: Seen = { inputShape: [8, 8, 1], vocabulary: null, padding: null, labelShape: [], classes: 5 }
const text: Seen = { inputShape: [7], vocabulary: 11, padding: 2, labelShape: [], classes: 5 }
/** What models learn from, other than images. */
const seenBy: Record<string, Seen> = {
  'text-cnn': text,
  lstm: text,
  transformer: text,
  'causal-transformer': { ...text, padding: null, labelShape: [7], classes: 11 },
}

const optimizer = { type: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const

/** Four distillation steps with Adam: losses, then weights and slots. */
async function distil(
  engine: Engine,
  architecture: ResolvedArchitecture,
  data = images,
  mixed = false,
): Promise<Record<string, ArrayLike<number>>> {
  const { inputShape, vocabulary, padding, labelShape, classes } = data
  const workbench = await openWorkbench(engine, {
    architecture,
    optimizer,
    batchSize: batch,
    labelLoss: { type: 'cross-entropy' },
    objective: [{ type: 'soft-targets', weight: 1, standardise: false }],
    teacher: null,
    mixed,
    data,
  })
  await workbench.reset(1)
  const results: Record<string, ArrayLike<number>> = {}
  for (let step = 1; step <= 4; step++) {
    const scalars = {
      temperature: 4,
      hardWeight: 0.1,
      softWeight: 0.9,
      termWeight_0: 1,
      ...scalarInputs(optimizerOf(optimizer).scalars(optimizer, 1e-3, step)),
    }
    await workbench.train.run({
      images:
        vocabulary === null
          ? floats([batch, ...inputShape], { seed: step }).values
          : filledUp(ids(inputShape, vocabulary, step), inputShape[0]!, padding),
      labels: ids(labelShape, classes, step),
      ...(mixed && {
        partnerLabels: ids(labelShape, classes, step + 1),
        shares: floats([batch], { low: 0, seed: step }).values,
      }),
      teacherLogits: floats([batch, ...labelShape, classes], { seed: step + 10 }).values,
      ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, Float32Array.of(value)])),
    })
    for (const [name, value] of Object.entries(await workbench.train.losses()))
      results[`${name} of step ${step}`] = [value]
  }
  // A key's bias moves all of a position's scores alike, which a softmax does not see: its gradient is nothing but
  // rounding, which Adam magnifies.
  const unseen = workbench.model.weights.map(({ originalName }) => originalName.endsWith('_key/bias'))
  for (const [i, values] of (await workbench.values()).entries()) {
    if (!unseen[i]) results[`weight or slot ${i}`] = values
  }
  workbench.dispose()
  tf.disposeVariables()
  return results
}

/** Some below a bound, for a batch of a shape. */
const ids = (shape: number[], bound: number, first: number) =>
  Int32Array.from({ length: shape.reduce((n, m) => n * m, batch) }, (_, i) => (i * 3 + first) % bound)

/** Texts of 1, 3, 5 and 7 tokens, where padding fills them up. */
const filledUp = (tokens: Int32Array, length: number, padding: number | null) =>
  tokens.map((id, i) => (padding !== null && i % length > 2 * Math.floor(i / length) ? padding : id))

/** Three steps of gradient descent on a squared error: losses, then weights. */
async function descend(engine: Engine, make: () => LayersModel, x: Given): Promise<Record<string, ArrayLike<number>>> {
  const net = make()
  net.setWeights(
    net.weights.map(({ shape, originalName }, i) => {
      const { values } = floats(shape as number[], { low: -0.5, high: 0.5, seed: i + 3 })
      return tf.tensor(originalName.includes('variance') ? values.map(Math.abs) : values, shape as number[])
    }),
  )
  const trainable = net.trainableWeights.map((weight) => weight.read() as tf.Variable)
  const step: Step = (given) => {
    const loss = () =>
      tf.mean(tf.square(tf.sub(net.apply(given.x!, { training: true }) as tf.Tensor, 0.5))) as tf.Scalar
    const { value, grads } = tf.variableGrads(loss, trainable)
    for (const weight of trainable) weight.assign(tf.sub(weight, tf.mul(grads[weight.name]!, 0.1)))
    return { loss: value }
  }
  const compiled = await engine.compile(step, signatures({ x }))
  const results: Record<string, ArrayLike<number>> = {}
  for (let i = 0; i < 3; i++) results[`loss ${i}`] = (await compiled.run(valuesOf({ x }))).loss!.slice()
  compiled.dispose()
  for (const [i, weight] of net.weights.entries()) results[`weight ${i}`] = await weight.read().data()
  tf.disposeVariables()
  return results
}

async function agree(
  train: (engine: Engine) => Promise<Record<string, ArrayLike<number>>>,
  leaves: number,
): Promise<void> {
  const expected = await train(await cpu())
  const engine = await webgpu()
  const { result: actual, sessions } = await countingCpuSessions(() => train(engine))
  deepEqual(Object.keys(actual), Object.keys(expected))
  for (const [name, values] of Object.entries(expected)) closeTo(actual[name]!, values, tolerance, name)
  equal(sessions, leaves, 'sessions with nodes on the CPU')
}

const image = floats([2, 6, 6, 3])

const models: Record<string, [Given, () => LayersModel]> = {
  'separable convolutions, batch normalisation and relu6': [
    image,
    () =>
      sequential({
        layers: [
          layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same', inputShape: [6, 6, 3] }),
          layers.batchNormalization(),
          layers.reLU({ maxValue: 6 }),
          layers.separableConv2d({ filters: 4, kernelSize: 3, padding: 'same' }),
          layers.globalAveragePooling2d({}),
          layers.dense({ units: 3 }),
        ],
      }),
  ],
  'depthwise convolution with a multiplier and strides, overlapping max pooling': [
    image,
    () =>
      sequential({
        layers: [
          layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', inputShape: [6, 6, 3] }),
          layers.depthwiseConv2d({ kernelSize: 3, strides: 2, depthMultiplier: 2, padding: 'same' }),
          layers.maxPooling2d({ poolSize: 2, strides: 1 }),
        ],
      }),
  ],
  'layer normalisation in closed form': [
    floats([4, 3, 5]),
    () =>
      sequential({
        layers: [
          layers.dense({ units: 6, inputShape: [3, 5] }),
          layerNorm({}),
          layers.flatten(),
          layers.dense({ units: 2 }),
        ],
      }),
  ],
  'layer normalisation and selu': [
    floats([4, 5]),
    () =>
      sequential({
        layers: [
          layers.dense({ units: 6, inputShape: [5] }),
          layers.layerNormalization(),
          layers.dense({ units: 2, activation: 'selu' }),
        ],
      }),
  ],
  'an embedding and an LSTM': [
    whole([2, 3], [1, 0, 3, 2, 2, 4]),
    () =>
      sequential({
        layers: [
          layers.embedding({ inputDim: 5, outputDim: 3, inputLength: 3 }),
          layers.lstm({ units: 4, unroll: true, recurrentInitializer: 'glorotNormal' }),
          layers.dense({ units: 2 }),
        ],
      }),
  ],
}

/** One head of attention over six tokens, after Vaswani et al. 2017, with a residual connection. */
async function attend(engine: Engine): Promise<Record<string, ArrayLike<number>>> {
  const weights = ['queries', 'keys', 'values'].map((name, i) => {
    const { values, shape } = floats([8, 8], { seed: i + 1 })
    return tf.variable(tf.tensor(values, shape), true, `${name} of ${engine.device}`)
  }) as [tf.Variable, tf.Variable, tf.Variable]
  const step: Step = ({ x }) => {
    const loss = () => {
      const tokens = tf.reshape(x!, [12, 8])
      const [queries, keys, values] = weights.map((w) =>
        tf.reshape(tf.matMul(tokens, w as tf.Tensor2D), [2, 6, 8]),
      ) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D]
      const shares = tf.softmax(tf.mul(tf.matMul(queries, keys, false, true), 8 ** -0.5))
      return tf.mean(tf.square(tf.add(tf.matMul(shares, values), x!))) as tf.Scalar
    }
    const { value, grads } = tf.variableGrads(loss, weights)
    for (const weight of weights) weight.assign(tf.sub(weight, tf.mul(grads[weight.name]!, 0.1)))
    return { loss: value }
  }
  const given = { x: floats([2, 6, 8]) }
  const compiled = await engine.compile(step, signatures(given))
  const results: Record<string, ArrayLike<number>> = {}
  for (let i = 0; i < 3; i++) results[`loss ${i}`] = (await compiled.run(valuesOf(given))).loss!.slice()
  compiled.dispose()
  for (const [i, weight] of weights.entries()) results[`weight ${i}`] = await weight.data()
  tf.disposeVariables()
  return results
}

export const checks: Checks = {
  ...Object.fromEntries(
    Object.entries(architectures).map(([name, architecture]) => [
      `${name} distils as on the CPU, wholly on the GPU`,
      () => agree((engine) => distil(engine, architecture, seenBy[name]), 0),
    ]),
  ),
  'a cnn distils on blended samples as on the CPU, wholly on the GPU': () =>
    agree((engine) => distil(engine, architectures.cnn!, images, true), 0),
  ...Object.fromEntries(
    Object.entries(models).map(([name, [given, make]]) => [
      `${name} train as on the CPU, wholly on the GPU`,
      () => agree((engine) => descend(engine, make, given), 0),
    ]),
  ),
  'attention trains as on the CPU, wholly on the GPU': () => agree(attend, 0),

  'a product of long sums is that of a plain loop': async () => {
    const [length, rows, columns] = [4096 + 64, 5, 7]
    const [a, b, bias] = [
      floats([length, rows]),
      floats([columns, length], { seed: 2 }),
      floats([columns], { seed: 3 }),
    ]
    const expected = Float32Array.from({ length: rows * columns }, (_, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns]
      let sum = bias.values[column]!
      for (let k = 0; k < length; k++) sum += a.values[k * rows + row]! * b.values[column * length + k]!
      return sum
    })
    const engine = await webgpu()
    await tf.setBackend('retort')
    const step = await engine.compile(
      (given) => ({
        both: tf.add(tf.matMul(given.a as tf.Tensor2D, given.b as tf.Tensor2D, true, true), given.bias!),
        neither: tf.add(tf.matMul(tf.transpose(given.a!), tf.transpose(given.b!)), given.bias!),
      }),
      signatures({ a, b, bias }),
    )
    const { both, neither } = await step.run(valuesOf({ a, b, bias }))
    closeTo(both!, expected, 1e-3, 'both turned')
    closeTo(neither!, expected, 1e-3, 'neither turned')
  },

  'a profile tells what kernels take on the GPU': async () => {
    const engine = await webgpu()
    await tf.setBackend('retort')
    const x = floats([256, 256])
    const step = await engine.profile!(
      (given) => ({ sum: tf.sum(tf.matMul(given.x as tf.Tensor2D, given.x as tf.Tensor2D)) }),
      signatures({ x }),
    )
    for (let run = 0; run < 3; run++) await step.run(valuesOf({ x }))
    step.restart()
    for (let run = 0; run < 2; run++) await step.run(valuesOf({ x }))
    const times = await step.end()
    const product = times.find(({ operator }) => operator === 'Gemm')!
    equal(product.runs, 2)
    // Launching takes tens of microseconds; a program that plays a GPU takes milliseconds for 17 million products.
    if (!(product.microseconds > 1000)) throw new Error(`expected milliseconds, got ${product.microseconds} us`)
  },
}
