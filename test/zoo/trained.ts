// Trains a model of the zoo for some steps on an engine, as a trial does, on numbers that are the same for every engine.
import type { ResolvedArchitecture, ResolvedOptimizer } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import { stream } from '../../orchestrator/src/data/random.ts'
import type { Engine, Values } from '../../orchestrator/src/engine/engine.ts'
import { fillMask } from '../../orchestrator/src/trial/batches.ts'
import { optimizerOf } from '../../orchestrator/src/trial/optimizers/optimizers.ts'
import { maskInput, predictionProgram, scalarInputs, trainingProgram } from '../../orchestrator/src/trial/steps.ts'
import { trainedWeights } from '../../orchestrator/src/trial/workbench.ts'
import { buildModel } from '../../orchestrator/src/zoo/buildModel.ts'
import { dropoutMasks, maskSize } from '../../orchestrator/src/zoo/dropout.ts'

export const classes = 5
const batchSize = 4

const optimizer: ResolvedOptimizer = {
  type: 'sgd',
  learningRate: 0.02,
  momentum: 0.9,
  nesterov: false,
  weightDecay: 0.001,
}

export interface Sample {
  shape: number[]
  /** Of token ids. */
  vocabulary?: number
  /** Of these the one that fills up texts: here each of a batch's ends one token earlier than the one before. */
  padding?: number
  /** Of a class of each position. */
  labelShape?: number[]
}

/** Of a batch: numbers in [-1, 1), or token ids. */
export function inputOf({ shape, vocabulary, padding }: Sample, samples: number, step: number): Values {
  const next = stream('input', step)
  const length = samples * tf.util.sizeFromShape(shape)
  if (vocabulary !== undefined) {
    const end = (sample: number) => shape[0]! - (sample % shape[0]!)
    const filled = (at: number) => padding !== undefined && at % shape[0]! >= end(Math.floor(at / shape[0]!))
    return Int32Array.from({ length }, (_, at) => (filled(at) ? padding! : next() % vocabulary))
  }
  return Float32Array.from({ length }, () => next() / 2 ** 31 - 1)
}

export const build = (architecture: ResolvedArchitecture, { shape, vocabulary, padding }: Sample) =>
  buildModel(architecture, shape, classes, 3, vocabulary ?? null, padding ?? null)

export interface Outcome {
  losses: Float32Array
  /** The weights, then the optimizer's slots. */
  variables: Float32Array[]
  logits: Float32Array
}

/** Where training goes on: after how many steps, and with what weights and slots. */
export interface Start {
  steps: number
  variables: Float32Array[]
}

/** Losses of the steps, the weights and slots after them, and the logits of a forward pass. */
export async function trained(
  engine: Engine,
  architecture: ResolvedArchitecture,
  sample: Sample,
  steps: number,
  start: Start | null = null,
): Promise<Outcome> {
  const model = build(architecture, sample)
  const { update, scalars } = optimizerOf(optimizer)
  const weights = trainedWeights(model, optimizer)
  const slots = weights.flatMap((each) => Object.values(each.slots))
  const variables = [...model.weights.map((weight) => weight.read() as tf.Variable), ...slots]
  for (const [index, values] of (start?.variables ?? []).entries()) {
    const variable = variables[index]!
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)))
  }
  const training = trainingProgram({
    model,
    trained: weights,
    labelLoss: { type: 'cross-entropy' },
    objective: null,
    online: null,
    update: (each) => update(each, optimizer),
    scalars: Object.keys(scalars(optimizer, 0, 1)),
    batchSize,
    labelShape: sample.labelShape ?? [],
    classes,
  })
  const train = await engine.compile(training.step, training.inputs)
  const losses: number[] = []
  const labelled = batchSize * tf.util.sizeFromShape(sample.labelShape ?? [])
  for (let step = (start?.steps ?? 0) + 1; step <= steps; step++) {
    const inputs: Record<string, Values> = {
      images: inputOf(sample, batchSize, step),
      labels: Int32Array.from({ length: labelled }, (_, index) => (index * step) % classes),
    }
    const values = scalarInputs(scalars(optimizer, optimizer.learningRate, step))
    for (const [name, value] of Object.entries(values)) inputs[name] = Float32Array.of(value)
    for (const mask of dropoutMasks(model)) {
      const mine = new Float32Array(batchSize * maskSize(mask))
      fillMask(mine, mask, 3, step)
      inputs[maskInput(mask.name)] = mine
    }
    losses.push((await train.run(inputs)).loss![0]!)
  }
  train.dispose()
  const after: Float32Array[] = []
  for (const variable of variables) after.push(Float32Array.from(await variable.data()))
  const prediction = predictionProgram(model, batchSize)
  const predict = await engine.compile(prediction.step, prediction.inputs)
  const logits = Float32Array.from((await predict.run({ images: inputOf(sample, batchSize, 0) })).logits!)
  predict.dispose()
  model.dispose()
  tf.dispose(slots)
  return { losses: Float32Array.from(losses), variables: after, logits }
}

/** Largest difference, as a share of the largest value, or of the least that counts. */
export function difference(one: Float32Array, other: Float32Array, least = 1e-2): number {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY
  const scale = one.reduce((most, value) => Math.max(most, Math.abs(value)), least)
  return one.reduce((most, value, index) => Math.max(most, Math.abs(value - other[index]!)), 0) / scale
}
