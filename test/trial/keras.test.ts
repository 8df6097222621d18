// Models from files: the same steps on both engines, and where their time goes.
import '@tensorflow/tfjs-backend-cpu'
import type { TrialConfig } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { stream } from '../../orchestrator/src/data/random.ts'
import { eagerEngine } from '../../orchestrator/src/engine/eager.ts'
import type { Engine, Values } from '../../orchestrator/src/engine/engine.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { fillMask } from '../../orchestrator/src/trial/batches.ts'
import { optimizerOf } from '../../orchestrator/src/trial/optimizers/optimizers.ts'
import { profile } from '../../orchestrator/src/trial/profile.ts'
import { maskInput, scalarInputs } from '../../orchestrator/src/trial/steps.ts'
import { openWorkbench } from '../../orchestrator/src/trial/workbench.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import { dropoutMasks, maskSize } from '../../orchestrator/src/zoo/dropout.ts'
import { architectureOf, functional, layer, mobileNet, sequential, written } from '../zoo/topologies/build.ts'
import { digits, mlp, placement, sgd } from './fixture.ts'

const batchSize = 4

type Shape = [number, number, number]

function numbers(length: number, name: string, step: number): Float32Array {
  const next = stream(name, step)
  return Float32Array.from({ length }, () => (next() / 2 ** 32) * 2 - 1)
}

/** Losses of some steps and the weights after them. */
async function trained(engine: Engine, content: unknown, inputShape: Shape, steps: number) {
  const optimizer = sgd({ momentum: 0.9 })
  const data = { inputShape, vocabulary: null, padding: null, labelShape: [], classes: 10 }
  const architecture = architectureOf(content)
  const labelLoss = { type: 'cross-entropy' } as const
  const workbench = await openWorkbench(engine, {
    architecture,
    optimizer,
    batchSize,
    labelLoss,
    objective: null,
    teacher: null,
    data,
  })
  await workbench.reset(3)
  const losses: number[] = []
  for (let step = 1; step <= steps; step++) {
    const inputs: Record<string, Values> = {
      images: numbers(batchSize * tf.util.sizeFromShape(inputShape), 'images', step),
      labels: Int32Array.from({ length: batchSize }, (_, index) => (index * step) % 10),
    }
    const scalars = scalarInputs(optimizerOf(optimizer).scalars(optimizer, optimizer.learningRate, step))
    for (const [name, value] of Object.entries(scalars)) inputs[name] = Float32Array.of(value)
    for (const mask of dropoutMasks(workbench.model)) {
      const values = new Float32Array(batchSize * maskSize(mask))
      fillMask(values, mask, 3, step)
      inputs[maskInput(mask.name)] = values
    }
    await workbench.train.run(inputs)
    losses.push((await workbench.train.losses()).loss)
  }
  const variables = await workbench.values()
  workbench.dispose()
  return [Float32Array.from(losses), ...variables]
}

/** Largest difference, as a share of the largest value. */
function difference(one: Float32Array, other: Float32Array): number {
  expect(one.length).toBe(other.length)
  const scale = one.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-2)
  return one.reduce((most, value, index) => Math.max(most, Math.abs(value - other[index]!)), 0) / scale
}

const batchNorm = (config = {}) => layer('BatchNormalization', { epsilon: 0.001, momentum: 0.99, ...config })

describe('a training step is the same on both engines', () => {
  it.each<[string, unknown, Shape, number?]>([
    ['Keras 3, Sequential with dropout', written('keras3-cnn'), [28, 28, 1]],
    ['Keras 3, a shared layer', written('keras3-shared'), [28, 28, 1]],
    ['Keras 3, a model inside a model, with batch normalization', written('keras3-nested'), [28, 28, 1]],
    ['Keras 3, LSTM', written('keras3-lstm'), [28, 28, 1]],
    // Its last layers normalise over the batch's 4 values alone, so a second step would magnify what rounding left.
    ['MobileNet', mobileNet(0.25, 32, 10), [32, 32, 3], 1],
    [
      'batch normalization over other axes, with neither scale nor centre, and a frozen layer',
      functional(
        [6, 5, 3],
        [
          batchNorm({ axis: 1, scale: false }),
          layer('Conv2D', { filters: 3, kernel_size: [2, 2], trainable: false }),
          batchNorm({ axis: [2], center: false }),
          batchNorm({ scale: false, center: false }),
          layer('LayerNormalization', { axis: [3], epsilon: 0.001 }),
          layer('LeakyReLU', { alpha: 0.2 }),
          layer('Flatten'),
          layer('Dense', { units: 10 }),
        ],
      ),
      [6, 5, 3],
    ],
    [
      'wrapped recurrent layers',
      sequential(
        [6, 5],
        layer('Bidirectional', {
          layer: layer('GRU', { units: 3, name: 'gru', reset_after: false, return_sequences: true }),
          merge_mode: 'concat',
        }),
        layer('TimeDistributed', { layer: layer('Dense', { units: 4, name: 'd', activation: 'tanh' }) }),
        layer('SimpleRNN', { units: 4 }),
        layer('Dense', { units: 10, activation: 'softmax' }),
      ),
      [6, 5, 1],
    ],
  ])('%s', async (_, content, inputShape, steps = 2) => {
    await tf.setBackend('cpu')
    const about = { name: 'tensorflow', device: 'cpu', threads: 1, versions: {} } as const
    const eager = await trained(eagerEngine(about), content, inputShape, steps)
    const engine = await openEngine(placement)
    const onnx = await trained(engine, content, inputShape, steps)
    await engine.close()
    for (const [index, values] of eager.entries()) expect(difference(values, onnx[index]!)).toBeLessThan(1e-3)
  })
})

describe('profiling', () => {
  const training: TrialConfig['training'] = {
    epochs: 1,
    batchSize: 32,
    omitClasses: [],
    correctBias: false,
    outOfMemory: 'fail',
    optimizer: sgd(),
    schedule: { type: 'constant', warmupEpochs: 0 } as TrialConfig['training']['schedule'],
    keep: 'last',
    labelLoss: { type: 'cross-entropy' },
  }
  const config: TrialConfig = {
    role: 'teacher',
    dataset: digits(),
    architecture: mlp(),
    training,
    seed: 1,
    distillation: null,
  }

  it('tells the times of kernels where steps run eagerly, and is refused where it has none', async () => {
    const about = { name: 'tensorflow', device: 'cpu', threads: 1, versions: {} } as const
    const ask = { task: 'profile', config, teacher: null, placement, steps: 2 } as const
    await tf.setBackend('cpu')
    const { operators } = await profile(
      ask,
      openWorkshop(async () => eagerEngine(about)),
    )
    expect(operators.map(({ operator }) => operator)).toContain('_FusedMatMul')
    expect(operators.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6)
    const untimed = openWorkshop(async () => eagerEngine({ ...about, device: 'cuda' }))
    await expect(profile(ask, untimed)).rejects.toThrow('engine tensorflow tells no times of its operators on cuda')
  })
})
