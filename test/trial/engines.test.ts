// The same step on both engines: eagerly on TensorFlow.js's CPU backend, which stands for libtensorflow here, and
// compiled to ONNX.
import '@tensorflow/tfjs-backend-cpu'
import type { ResolvedArchitecture, ResolvedOptimizer } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { stream } from '../../orchestrator/src/data/random.ts'
import { eagerEngine } from '../../orchestrator/src/engine/eager.ts'
import type { Engine, Values } from '../../orchestrator/src/engine/engine.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { fillMask } from '../../orchestrator/src/trial/batches.ts'
import { optimizerOf } from '../../orchestrator/src/trial/optimizers/optimizers.ts'
import { maskInput, scalarInputs } from '../../orchestrator/src/trial/steps.ts'
import { openWorkbench } from '../../orchestrator/src/trial/workbench.ts'
import { dropoutMasks, maskSize } from '../../orchestrator/src/zoo/dropout.ts'
import { adam, cnn, mlp, placement, resnet, sgd } from './fixture.ts'

const batchSize = 8
const inputShape: [number, number, number] = [12, 12, 2]
const classes = 5

function numbers(length: number, name: string, step: number): Float32Array {
  const next = stream(name, step)
  return Float32Array.from({ length }, () => (next() / 2 ** 32) * 4 - 2)
}

/** Losses of three steps, the weights after them, and the logits of a forward pass. */
async function threeSteps(
  engine: Engine,
  architecture: ResolvedArchitecture,
  optimizer: ResolvedOptimizer,
  mixed: boolean,
) {
  const workbench = await openWorkbench(engine, {
    architecture,
    optimizer,
    batchSize,
    labelLoss: { type: 'cross-entropy' },
    objective: [{ type: 'soft-targets', weight: 1, standardise: false }],
    teacher: null,
    mixed,
    data: { inputShape, vocabulary: null, padding: null, labelShape: [], classes },
  })
  await workbench.reset(3)
  const losses: number[] = []
  for (const step of [1, 2, 3]) {
    const inputs: Record<string, Values> = {
      images: numbers(batchSize * 288, 'images', step),
      labels: Int32Array.from({ length: batchSize }, (_, index) => (index * step) % classes),
      teacherLogits: numbers(batchSize * classes, 'teacher', step),
    }
    if (mixed) {
      inputs.partnerLabels = Int32Array.from({ length: batchSize }, (_, index) => (index + step) % classes)
      inputs.shares = numbers(batchSize, 'shares', step).map((value) => (value + 2) / 4)
    }
    const scalars = {
      temperature: 3,
      hardWeight: 0.4,
      softWeight: 0.6,
      termWeight_0: 1,
      ...scalarInputs(optimizerOf(optimizer).scalars(optimizer, optimizer.learningRate, step)),
    }
    for (const [name, value] of Object.entries(scalars)) inputs[name] = Float32Array.of(value)
    for (const mask of dropoutMasks(workbench.model)) {
      const values = new Float32Array(batchSize * maskSize(mask))
      fillMask(values, mask, 3, step)
      inputs[maskInput(mask.name)] = values
    }
    await workbench.train.run(inputs)
    const { loss, hard, soft } = await workbench.train.losses()
    losses.push(loss, hard, soft)
  }
  const variables = await workbench.values()
  const images = numbers(workbench.predictBatch * 288, 'test', 0)
  const logits = Float32Array.from((await workbench.predict.run({ images })).logits!)
  workbench.dispose()
  return { losses: Float32Array.from(losses), variables, logits }
}

/** Largest difference, as a share of the largest value. */
function difference(one: Float32Array, other: Float32Array): number {
  expect(one.length).toBe(other.length)
  const scale = one.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
  return one.reduce((most, value, index) => Math.max(most, Math.abs(value - other[index]!)), 0) / scale
}

it.each<[string, ResolvedArchitecture, ResolvedOptimizer, mixed?: boolean]>([
  ['mlp, SGD', mlp({ hidden: [20, 10], dropout: 0.3 }), sgd({ weightDecay: 0.01 })],
  ['mlp of tanh, Adam', mlp({ hidden: [20], activation: 'tanh' }), adam({ epsilon: 1e-3 })],
  ['cnn with sigmoid, SGD', cnn({ activation: 'sigmoid' }), sgd({ momentum: 0 })],
  [
    'cnn with batch norm and elu, AdamW',
    cnn({ batchNorm: true, activation: 'elu', dropout: 0.2 }),
    { ...adam({ epsilon: 1e-3, weightDecay: 0.1 }), type: 'adamw' } as ResolvedOptimizer,
  ],
  ['cnn on blended samples, Adam', cnn({ activation: 'tanh' }), adam({ epsilon: 1e-3 }), true],
  ['resnet, SGD with Nesterov momentum', resnet({ dropout: 0.1 }), sgd({ nesterov: true, weightDecay: 0.01 })],
])('%s', async (_, architecture, optimizer, mixed = false) => {
  await tf.setBackend('cpu')
  const eager = await threeSteps(
    eagerEngine({ name: 'tensorflow', device: 'cpu', threads: 1, versions: {} }),
    architecture,
    optimizer,
    mixed,
  )
  const engine = await openEngine(placement)
  const onnx = await threeSteps(engine, architecture, optimizer, mixed)
  await engine.close()
  expect(difference(eager.losses, onnx.losses)).toBeLessThan(1e-4)
  expect(difference(eager.logits, onnx.logits)).toBeLessThan(1e-4)
  for (const [index, values] of eager.variables.entries())
    expect(difference(values, onnx.variables[index]!)).toBeLessThan(1e-4)
})
