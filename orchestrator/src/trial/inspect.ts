// Sizes of models that are not trained yet, and what cannot be built.

import type { NamedEnsemble, ResolvedGiven } from '@retort/schema/given'
import type { Inspected, InspectedTokens, InspectRequest, InspectResult } from '@retort/schema/questions'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { type Data, DatasetProblem } from '../data/data.ts'
import { retokenize } from '../data/retokenized.ts'
import { tokenCache } from '../data/text/tokenCache.ts'
import type { Engine } from '../engine/engine.ts'
import { expectTraceable } from '../engine/traceable.ts'
import { ArchitectureProblem } from '../zoo/architectureProblem.ts'
import { buildModel, expectLogits } from '../zoo/buildModel.ts'
import { layerShapes } from '../zoo/features.ts'
import { kerasNotes } from '../zoo/keras.ts'
import { multiplyAccumulates, parameterCount } from '../zoo/measure.ts'
import { onnxOf } from './exportModel.ts'
import { checkBatch, checkGiven } from './given/check.ts'
import { openGiven } from './given/open.ts'
import { GivenProblem } from './given/source.ts'
import { optimizerOf } from './optimizers/optimizers.ts'
import { trainingProgram } from './steps.ts'
import { trainedWeights } from './workbench.ts'
import type { Workshop } from './workshop.ts'

export async function inspect(request: InspectRequest, workshop: Workshop): Promise<InspectResult> {
  const { dataset, architectures, keeping } = request
  const notes: string[] = []
  const kept = keeping && { folder: keeping.folder, tell: (line: string) => notes.push(line) }
  const cache = kept === undefined || dataset.type !== 'retokenized' ? null : tokenCache(kept.folder, kept.tell)
  let data: Data
  let retokenized: InspectedTokens | null = null
  try {
    if (dataset.type === 'retokenized') {
      const { data: own, alignment, differences } = await retokenize(dataset, cache)
      data = own
      retokenized = { positions: alignment.partners.length, aligned: alignment.aligned, differences }
    } else {
      // Nothing is written for input that is wrong, which models may be.
      data = await workshop.data(dataset, kept && { ...kept, write: false })
    }
  } catch (error) {
    if (!(error instanceof DatasetProblem)) throw error
    return { dataset: { problem: error.message, path: error.path }, models: [] }
  }
  // An ONNX file is of the same size whatever trains the model.
  const engine = await workshop.engine({ engine: 'onnx', device: 'cpu', threads: 1 })
  const models: Inspected[] = []
  for (const architecture of architectures) {
    models.push(
      isGiven(architecture)
        ? await inspectGiven(architecture, data, engine)
        : await inspectModel(architecture, data, engine),
    )
  }
  if (kept && keeping?.write && models.every((model) => !('problem' in model))) {
    if (cache === null) await workshop.data(dataset, kept)
    else await cache.write()
  }
  return {
    dataset: {
      inputShape: data.inputShape,
      vocabulary: data.vocabulary,
      padding: data.padding,
      labelShape: data.labelShape,
      classes: data.classes,
      trainSamples: data.train.indices.length,
      trainSamplesByClass: samplesByClass(data),
      validationSamples: data.validation.indices.length,
      testSamples: data.test.indices.length,
      contents: data.contents,
      ...(data.notes.length + notes.length > 0 && { notes: [...data.notes, ...notes] }),
      warnings: data.warnings,
      retokenized,
    },
    models,
  }
}

function samplesByClass({ train, labelShape, classes }: Data): number[] | null {
  if (labelShape.length > 0) return null
  const samples = new Array<number>(classes).fill(0)
  for (const index of train.indices) samples[train.labels[index] as number]! += 1
  return samples
}

type Given = ResolvedGiven | NamedEnsemble

const isGiven = (model: InspectRequest['architectures'][number]): model is Given =>
  ['tfjs', 'onnx', 'logits', 'ensemble'].includes(model.type)

async function inspectGiven(given: Given, data: Data, engine: Engine): Promise<Inspected> {
  // Its members are inspected as themselves.
  if (given.type === 'ensemble')
    return { parameters: null, multiplyAccumulates: null, onnxBytes: null, layers: null, notes: [] }
  try {
    const setting = { data, engine, folder: '', members: [], predictionBatch: checkBatch(data) }
    const source = await openGiven(given, setting)
    try {
      const { notes, settled = {} } = source
      const warnings = await checkGiven(given, source, data)
      return { ...(await source.sizes()), layers: null, notes, warnings, settled }
    } finally {
      await source.close()
    }
  } catch (error) {
    if (error instanceof GivenProblem || error instanceof ArchitectureProblem) {
      const within = error instanceof GivenProblem ? error.within : undefined
      return { problem: error.message, path: error.path, ...(within && { within }) }
    }
    throw error
  }
}

async function inspectModel(
  architecture: ResolvedArchitecture,
  data: Data,
  { name, device }: Engine,
): Promise<Inspected> {
  try {
    const model = buildModel(architecture, data.inputShape, data.classes, 0, data.vocabulary, data.padding)
    expectLogits(model, data)
    const onnx = await onnxOf(model, data, [{ engine: name, device }]).catch((error: Error) => {
      // A model from a file may hold what the engine has no rule for.
      if (architecture.type !== 'keras') throw error
      throw new ArchitectureProblem(`it cannot be run: ${error.message}`, ['file'])
    })
    // Retort's own are known to train.
    if (architecture.type === 'keras') await traceTraining(model, data)
    const sizes = {
      parameters: parameterCount(model),
      multiplyAccumulates: multiplyAccumulates(model),
      onnxBytes: onnx.length,
      layers: layerShapes(model),
      notes: architecture.type === 'keras' ? kerasNotes(architecture, data.inputShape) : [],
    }
    model.dispose()
    return sizes
  } catch (error) {
    if (!(error instanceof ArchitectureProblem)) throw error
    return { problem: error.message, path: error.path }
  }
}

/** What of the training step may matter to a model: its gradient, with the noise that it takes. */
async function traceTraining(model: LayersModel, data: Data): Promise<void> {
  const optimizer = { type: 'sgd', learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 } as const
  const { update, scalars } = optimizerOf(optimizer)
  const { step, inputs } = trainingProgram({
    model,
    trained: trainedWeights(model, optimizer),
    labelLoss: { type: 'cross-entropy' },
    objective: null,
    online: null,
    update: (each) => update(each, optimizer),
    scalars: Object.keys(scalars(optimizer, 0, 1)),
    // As few as tell a batch from its samples.
    batchSize: 2,
    labelShape: data.labelShape,
    classes: data.classes,
  })
  try {
    await expectTraceable(step, inputs)
  } catch (error) {
    throw new ArchitectureProblem(`it cannot be trained: ${(error as Error).message}`, ['file'])
  }
}
