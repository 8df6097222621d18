// Sizes of models that are not trained yet, and what cannot be built.
import type { Inspected, InspectRequest, InspectResult } from '@retort/schema/trial'
import { type Data, DatasetProblem } from '../data/data.ts'
import { ArchitectureProblem } from '../zoo/architectureProblem.ts'
import { buildModel } from '../zoo/buildModel.ts'
import { layerShapes } from '../zoo/features.ts'
import { kerasNotes } from '../zoo/keras.ts'
import { multiplyAccumulates, parameterCount } from '../zoo/measure.ts'
import { onnxOf } from './exportModel.ts'
import type { Workshop } from './workshop.ts'

export async function inspect({ dataset, architectures }: InspectRequest, workshop: Workshop): Promise<InspectResult> {
  let data: Data
  try {
    data = await workshop.data(dataset)
  } catch (error) {
    if (!(error instanceof DatasetProblem)) throw error
    return { dataset: { problem: error.message, path: error.path }, models: [] }
  }
  // An ONNX file is of the same size whatever trains the model.
  await workshop.engine({ engine: 'onnx', device: 'cpu', threads: 1 })
  const models: Inspected[] = []
  for (const architecture of architectures) models.push(await inspectModel(architecture, data))
  return {
    dataset: {
      inputShape: data.inputShape,
      classes: data.classes,
      trainSamples: data.train.indices.length,
      validationSamples: data.validation.indices.length,
      testSamples: data.test.indices.length,
    },
    models,
  }
}

async function inspectModel(architecture: InspectRequest['architectures'][number], data: Data): Promise<Inspected> {
  try {
    const model = buildModel(architecture, data.inputShape, data.classes, 0)
    const onnx = await onnxOf(model, data).catch((error: Error) => {
      // A model from a file may hold what the engine has no rule for.
      if (architecture.type !== 'keras') throw error
      throw new ArchitectureProblem(`it cannot be run: ${error.message}`, ['file'])
    })
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
