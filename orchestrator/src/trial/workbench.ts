// A model with its compiled programs, which trials of equal shape use one after the other: temperatures, weights,
// learning rates and seeds are values, so they compile nothing.
import type {
  ResolvedArchitecture,
  ResolvedLabelLoss,
  ResolvedObjective,
  ResolvedOptimizer,
  TrialConfig,
} from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Data, Fitted } from '../data/data.ts'
import type { CompiledStep, Engine } from '../engine/engine.ts'
import { buildModel } from '../zoo/buildModel.ts'
import { initialise } from '../zoo/initialise.ts'
import { batchFiller } from './batches.ts'
import { type OnlineTeacher, onlineTeacher } from './onlineTeacher.ts'
import { optimizerOf } from './optimizers/optimizers.ts'
import { type Program, predictionProgram, type Trained, trainingProgram } from './steps.ts'

export interface WorkbenchRequest {
  architecture: ResolvedArchitecture
  optimizer: ResolvedOptimizer
  batchSize: number
  labelLoss: ResolvedLabelLoss
  /** Null without a teacher. */
  objective: ResolvedObjective[] | null
  /** The teacher's where objectives compare features; else null. */
  teacher: ResolvedArchitecture | null
  data: Fitted
}

/** What a trial's configuration asks for. */
export function workbenchRequest(
  { architecture, training, distillation }: TrialConfig,
  teacher: ResolvedArchitecture | null,
  data: Data,
): WorkbenchRequest {
  const { batchSize, optimizer, labelLoss } = training
  return { architecture, optimizer, batchSize, labelLoss, objective: distillation?.objective ?? null, teacher, data }
}

/** What one trial trains on: its own values for the weights and slots, and the programs that run on them. */
export interface Workbench {
  /** Its layers; what their weights hold is certain only in `withWeights`. */
  model: LayersModel
  train: Pick<CompiledStep, 'run'>
  predict: Pick<CompiledStep, 'run'>
  /** Samples of a run of `predict`. */
  predictBatch: number
  /** Fills the batches of `train`. */
  filler: typeof batchFiller
  /** Sets the seed's initial weights and empties the slots. */
  reset(seed: number): Promise<void>
  /** Copies of all that a checkpoint holds: the model's weights in their order, then the optimizer's slots. */
  values(): Promise<Float32Array[]>
  assign(values: Float32Array[]): void
  /** Sets the weights of the teacher that runs in the step, out of its artifact. */
  teach(weights: Uint8Array): void
  /** Calls `use` while the model's weights hold this trial's. */
  withWeights<T>(use: (model: LayersModel) => Promise<T>): Promise<T>
}

export interface OwnWorkbench extends Workbench {
  dispose(): void
}

/** A model, its variables, and its programs, not compiled yet. */
export interface Drawing {
  model: LayersModel
  /** All that a checkpoint holds: the model's weights, those of objectives, the optimizer's slots. */
  variables: tf.Variable[]
  /** Null where no objective compares features. */
  online: OnlineTeacher | null
  training: Program
  prediction: Program
  predictBatch: number
  reset(seed: number): void
  dispose(): void
}

/** Equal for requests that one workbench serves. */
export function workbenchKey(request: WorkbenchRequest): string {
  const { architecture, optimizer, batchSize, labelLoss, objective, teacher, data } = request
  const { inputShape, vocabulary, labelShape, classes } = data
  const switches = optimizerOf(optimizer).switches(optimizer)
  return JSON.stringify([
    architecture,
    optimizer.type,
    switches,
    batchSize,
    labelLoss,
    objective,
    teacher,
    inputShape,
    vocabulary,
    labelShape,
    classes,
  ])
}

/** @param engine one whose backend is active */
export async function openWorkbench(engine: Engine, request: WorkbenchRequest): Promise<OwnWorkbench> {
  const { model, variables, online, training, prediction, predictBatch, reset, dispose } = draw(request)
  const train = await engine.compile(training.step, training.inputs)
  const predict = await engine.compile(prediction.step, prediction.inputs)
  return {
    model,
    train,
    predict,
    predictBatch,
    filler: batchFiller,
    reset: async (seed) => reset(seed),
    values: () => Promise.all(variables.map(async (variable) => Float32Array.from(await variable.data()))),
    assign(values) {
      expectAll(variables, values)
      for (const [place, variable] of variables.entries()) setValues(variable, values[place]!)
    },
    teach: (weights) => online?.assign(weights),
    withWeights: (use) => use(model),
    dispose() {
      train.dispose()
      predict.dispose()
      dispose()
    },
  }
}

export function draw(request: WorkbenchRequest): Drawing {
  const { architecture, optimizer: settings, batchSize, labelLoss, objective, teacher, data } = request
  const model = buildModel(architecture, data.inputShape, data.classes, 0, data.vocabulary)
  const optimizer = optimizerOf(settings)
  const online = onlineTeacher(model, objective ?? [], teacher, data)
  const own = online?.own.flat() ?? []
  const trained = [
    ...trainedWeights(model, settings),
    ...own.map((weight) => withSlots(weight, weight.rank > 1, settings)),
  ]
  const slots = trained.flatMap((each) => Object.values(each.slots))
  const training = trainingProgram({
    model,
    trained,
    labelLoss,
    objective,
    online,
    update: (update) => optimizer.update(update, settings),
    scalars: Object.keys(optimizer.scalars(settings, 0, 1)),
    batchSize,
    labelShape: data.labelShape,
    classes: data.classes,
  })
  const predictBatch = predictionBatch(data.inputShape)
  return {
    model,
    online,
    variables: [...model.weights.map((weight) => weight.read() as tf.Variable), ...own, ...slots],
    training,
    prediction: predictionProgram(model, predictBatch),
    predictBatch,
    reset(seed) {
      initialise(model, architecture, seed)
      online?.reset(seed)
      for (const slot of slots) tf.tidy(() => slot.assign(tf.zerosLike(slot)))
    },
    dispose() {
      model.dispose()
      online?.dispose()
      tf.dispose(slots)
    },
  }
}

/** @throws Error when a checkpoint is one of another model */
export function expectAll(variables: tf.Variable[], values: Float32Array[]): void {
  if (variables.length !== values.length) {
    throw new Error(`the checkpoint: expected ${variables.length} weights and slots, got ${values.length}`)
  }
}

export const setValues = (variable: tf.Variable, values: Float32Array): void =>
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)))

/** A model's trainable weights with the optimizer's slots, which are zeros. */
export function trainedWeights(model: LayersModel, settings: ResolvedOptimizer): Trained[] {
  return model.trainableWeights.map((layerWeight) =>
    withSlots(layerWeight.read() as tf.Variable, /kernel(_\d+)?$/.test(layerWeight.originalName), settings),
  )
}

function withSlots(weight: tf.Variable, decays: boolean, settings: ResolvedOptimizer): Trained {
  const slots = optimizerOf(settings)
    .slots(settings)
    .map((name) => [name, tf.tidy(() => tf.variable(tf.zerosLike(weight), false))])
  return { weight, slots: Object.fromEntries(slots), decays }
}

/** 500 samples, or as many as make four million pixels or tokens: enough to keep a machine busy, little enough to hold. */
export function predictionBatch([height, width = 1]: number[]): number {
  return Math.max(1, Math.min(500, Math.floor(2 ** 22 / (height! * width))))
}
