// A model with its compiled programs, which trials of equal shape use one after the other: temperatures, weights,
// learning rates and seeds are values, so they compile nothing.
import type { ResolvedArchitecture, ResolvedObjective, ResolvedOptimizer } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Data } from '../data/data.ts'
import type { CompiledStep, Engine } from '../engine/engine.ts'
import { objectives } from '../objectives/objectives.ts'
import { buildModel } from '../zoo/buildModel.ts'
import { initialise } from '../zoo/initialise.ts'
import { optimizerOf } from './optimizers/optimizers.ts'
import { predictionProgram, type Trained, trainingProgram } from './steps.ts'

export interface WorkbenchRequest {
  architecture: ResolvedArchitecture
  optimizer: ResolvedOptimizer
  batchSize: number
  /** Null without a teacher. */
  objective: ResolvedObjective['type'] | null
  data: Pick<Data, 'inputShape' | 'classes'>
}

export interface Workbench {
  model: LayersModel
  /** All that a checkpoint holds: the model's weights in their order, then the optimizer's slots. */
  variables: tf.Variable[]
  train: CompiledStep
  predict: CompiledStep
  /** Samples of a run of `predict`. */
  predictBatch: number
  /** Sets the seed's initial weights and empties the slots. */
  reset(seed: number): void
  dispose(): void
}

/** Equal for requests that one workbench serves. */
export function workbenchKey({ architecture, optimizer, batchSize, objective, data }: WorkbenchRequest): string {
  const { inputShape, classes } = data
  const switches = optimizerOf(optimizer).switches(optimizer)
  return JSON.stringify([architecture, optimizer.type, switches, batchSize, objective, inputShape, classes])
}

export async function openWorkbench(engine: Engine, request: WorkbenchRequest): Promise<Workbench> {
  const { architecture, optimizer: settings, batchSize, objective, data } = request
  const model = buildModel(architecture, data.inputShape, data.classes, 0)
  const optimizer = optimizerOf(settings)
  const trained = model.trainableWeights.map((layerWeight): Trained => {
    const weight = layerWeight.read() as tf.Variable
    const slots = optimizer
      .slots(settings)
      .map((name) => [name, tf.tidy(() => tf.variable(tf.zerosLike(weight), false))])
    return { weight, slots: Object.fromEntries(slots), decays: layerWeight.originalName.endsWith('/kernel') }
  })
  const slots = trained.flatMap((each) => Object.values(each.slots))
  const training = trainingProgram({
    model,
    trained,
    objective: objective === null ? null : objectives[objective],
    update: (update) => optimizer.update(update, settings),
    scalars: Object.keys(optimizer.scalars(settings, 0, 1)),
    batchSize,
    classes: data.classes,
  })
  const predictBatch = predictionBatch(data.inputShape)
  const prediction = predictionProgram(model, predictBatch)
  const train = await engine.compile(training.step, training.inputs)
  const predict = await engine.compile(prediction.step, prediction.inputs)
  return {
    model,
    variables: [...model.weights.map((weight) => weight.read() as tf.Variable), ...slots],
    train,
    predict,
    predictBatch,
    reset(seed) {
      initialise(model, architecture, seed)
      for (const slot of slots) tf.tidy(() => slot.assign(tf.zerosLike(slot)))
    },
    dispose() {
      train.dispose()
      predict.dispose()
      model.dispose()
      tf.dispose(slots)
    },
  }
}

/** 500 samples, or as many as make four million pixels: enough to keep a machine busy, little enough to hold. */
function predictionBatch([height, width]: [number, number, number]): number {
  return Math.max(1, Math.min(500, Math.floor(2 ** 22 / (height * width))))
}
