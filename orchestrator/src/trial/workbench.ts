// A model with its compiled programs, which trials of equal shape use one after the other: temperatures, weights,
// learning rates and seeds are values, so they compile nothing.
import type { ResolvedOptimizer } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { type Fitted, sizeOf } from '../data/data.ts'
import type { CompiledStep, Engine } from '../engine/engine.ts'
import { buildModel, expectLogits } from '../zoo/buildModel.ts'
import { initialise } from '../zoo/initialise.ts'
import type { batchFiller } from './batches.ts'
import { type Feed, feedProcessor, type LossStep } from './feed.ts'
import { feedGpu } from './feedGpu.ts'
import { type OnlineTeacher, onlineTeacher } from './onlineTeacher.ts'
import { optimizerOf } from './optimizers/optimizers.ts'
import { type Program, predictionProgram, type Trained, trainingProgram } from './steps.ts'
import type { WorkbenchRequest } from './workbenchRequest.ts'

/** What one trial trains on: its own values for the weights and slots, and the programs that run on them. */
export interface Workbench {
  /** Its layers; what their weights hold is certain only in `withWeights`. */
  model: LayersModel
  train: LossStep
  predict: Pick<CompiledStep, 'run'>
  /** Samples of a run of `predict`. */
  predictBatch: number
  /** Fills the batches of `train`. */
  filler: typeof batchFiller
  /** Sets the seed's initial weights and empties the slots. */
  reset(seed: number): Promise<void>
  /** Copies of all that a checkpoint holds: the model's weights in their order, then the optimizer's slots. */
  values(): Promise<Float32Array[]>
  assign(values: Float32Array[]): Promise<void>
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
  /** The model's weights, those of objectives, the optimizer's slots. */
  variables: tf.Variable[]
  /** Variables that the training program only reads, the same for all trials of a group. */
  common: tf.Variable[]
  /** All that a checkpoint holds: of each weight its values, then of each trained weight those of its slots. */
  parts: Part[]
  /** Null where no objective compares features. */
  online: OnlineTeacher | null
  training: Program
  feed: Feed
  prediction: Program
  predictBatch: number
  reset(seed: number): void
  dispose(): void
}

/** Some of a variable's elements: a slot may be one of several weights. */
interface Part {
  variable: tf.Variable
  from: number
  length: number
}

/** @param engine one whose backend is active */
export async function openWorkbench(engine: Engine, request: WorkbenchRequest): Promise<OwnWorkbench> {
  const { model, parts, online, feed, prediction, predictBatch, reset, dispose } = draw(request, engine)
  const train = await engine.compile(feed.program.step, feed.program.inputs)
  const predict = await engine.compile(prediction.step, prediction.inputs)
  return {
    model,
    train: feed.lossStep(train.run, (variable) => variable.data<'float32'>()),
    predict,
    predictBatch,
    filler: feed.filler,
    reset: async (seed) => reset(seed),
    values: () => valuesOf(parts, (variable) => variable.data<'float32'>()),
    assign: (values) => assignParts(parts, values, async (variable, data) => setValues(variable, data)),
    teach: (weights) => online?.assign(weights),
    withWeights: (use) => use(model),
    dispose() {
      train.dispose()
      predict.dispose()
      dispose()
    },
  }
}

/** @param engine which will run the programs; where it starts each operator slowly, all weights are updated as one */
export function draw(request: WorkbenchRequest, { device }: Pick<Engine, 'device'>): Drawing {
  const { architecture, optimizer: settings, batchSize, labelLoss, objective, teacher, data } = request
  const { mixed = false, samples } = request
  const model = buildModel(architecture, data.inputShape, data.classes, 0, data.vocabulary, data.padding)
  expectLogits(model, data)
  const optimizer = optimizerOf(settings)
  const online = onlineTeacher(model, objective ?? [], teacher, data)
  const own = online?.own.flat() ?? []
  const trained = trainedWeights(model, settings, device === 'webgpu', own)
  const slots = trained.flatMap((each) => Object.values(each.slots))
  const weights = [...model.weights.map((weight) => weight.read() as tf.Variable), ...own]
  const training = trainingProgram({
    model,
    trained,
    labelLoss,
    objective,
    online,
    mixed,
    update: (update) => optimizer.update(update, settings),
    scalars: Object.keys(optimizer.scalars(settings, 0, 1)),
    batchSize,
    labelShape: data.labelShape,
    classes: data.classes,
    teacherClasses: request.teacherClasses ?? null,
  })
  const outputs = objective === null ? ['loss'] : ['loss', 'hard', 'soft']
  const feed = device === 'webgpu' ? feedGpu(training, outputs, samples ?? null) : feedProcessor(training)
  const predictBatch = predictionBatch(data, request.predictionBatch)
  return {
    model,
    online,
    variables: [...weights, ...slots],
    common: [...feed.tables, ...(online?.weights ?? [])],
    parts: [
      ...weights.map((variable) => ({ variable, from: 0, length: variable.size })),
      ...trained.flatMap(slotParts),
    ],
    training,
    feed,
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
      feed.dispose()
    },
  }
}

export const setValues = (variable: tf.Variable, values: Float32Array): void =>
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)))

/**
 * A model's trainable weights with the optimizer's slots, which are zeros.
 * @param asOne whether weights of which the same is computed are updated as one
 * @param own weights that belong to no layer
 */
export function trainedWeights(
  model: LayersModel,
  settings: ResolvedOptimizer,
  asOne = false,
  own: tf.Variable[] = [],
): Trained[] {
  const all = [
    ...model.trainableWeights.map((layerWeight) => ({
      weight: layerWeight.read() as tf.Variable,
      decays: /kernel(_\d+)?$/.test(layerWeight.originalName),
    })),
    ...own.map((weight) => ({ weight, decays: weight.rank > 1 })),
  ]
  if (!asOne) return all.map(({ weight, decays }) => withSlots([weight], decays, settings))
  const alike = settings.weightDecay > 0 ? [true, false] : [false]
  return alike
    .map((decays) => {
      const some = all.filter((each) => settings.weightDecay === 0 || each.decays === decays)
      return { decays, weights: some.map(({ weight }) => weight) }
    })
    .filter(({ weights }) => weights.length > 0)
    .map(({ weights, decays }) => withSlots(weights, decays, settings))
}

function withSlots(weights: tf.Variable[], decays: boolean, settings: ResolvedOptimizer): Trained {
  const [first] = weights
  const shape = weights.length === 1 ? first!.shape : [weights.reduce((sum, { size }) => sum + size, 0)]
  const slots = optimizerOf(settings)
    .slots(settings)
    .map((name) => [name, tf.tidy(() => tf.variable(tf.zeros(shape), false))])
  return { weights, slots: Object.fromEntries(slots), decays }
}

function slotParts({ weights, slots }: Trained): Part[] {
  let from = 0
  return weights.flatMap(({ size: length }) => {
    const parts = Object.values(slots).map((variable) => ({ variable, from, length }))
    from += length
    return parts
  })
}

/** Copies of all parts. @param read a variable's values */
export async function valuesOf(
  parts: Part[],
  read: (variable: tf.Variable) => Promise<Float32Array>,
): Promise<Float32Array[]> {
  const variables = [...new Set(parts.map(({ variable }) => variable))]
  const values = new Map(await Promise.all(variables.map(async (each) => [each, await read(each)] as const)))
  return parts.map(({ variable, from, length }) => values.get(variable)!.slice(from, from + length))
}

/** @throws Error when the values are those of another model */
export async function assignParts(
  parts: Part[],
  values: Float32Array[],
  write: (variable: tf.Variable, values: Float32Array) => Promise<void>,
): Promise<void> {
  if (parts.length !== values.length) {
    throw new Error(`the checkpoint: expected ${parts.length} weights and slots, got ${values.length}`)
  }
  const whole = new Map(parts.map(({ variable }) => [variable, new Float32Array(variable.size)]))
  for (const [place, { variable, from }] of parts.entries()) whole.get(variable)!.set(values[place]!, from)
  for (const [variable, data] of whole) await write(variable, data)
}

/**
 * 500 samples, or as many as make four million pixels or tokens, or sixteen million logits: enough to keep a machine
 * busy, little enough to hold.
 * @param atMost where memory was short for more
 */
export function predictionBatch({ inputShape, labelShape, classes }: Omit<Fitted, 'vocabulary'>, atMost = 500): number {
  const [height, width = 1] = inputShape as [number, number?]
  const most = [atMost, 2 ** 22 / (height * width), 2 ** 24 / (sizeOf(labelShape) * classes)]
  return Math.max(1, Math.floor(Math.min(...most)))
}
