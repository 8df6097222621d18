// A trained model of TensorFlow.js: the zoo's model of its topology, with its own weights.
import type { ResolvedNormalisation, ResolvedTfjs } from '@retort/schema/given'
import { io, type Tensor } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Data } from '../../data/data.ts'
import type { Engine } from '../../engine/engine.ts'
import { readTfjs, type TfjsModel, type WeightSpec } from '../../spec/given/tfjs.ts'
import { buildModel, expectLogits } from '../../zoo/buildModel.ts'
import { kerasNotes } from '../../zoo/keras.ts'
import { multiplyAccumulates, parameterCount } from '../../zoo/measure.ts'
import { onnxOf } from '../exportModel.ts'
import { openPredictor } from '../predictor.ts'
import { normalisationOf, refuseForTokens, settledNormalisation } from './normalise.ts'
import { logitsBy, modelOf, type OpenModel } from './predicted.ts'
import { otherReadings } from './readings.ts'
import { GivenProblem, type Setting, type Source } from './source.ts'
import { openGraph } from './tfjsGraph.ts'
import { checkTokens, tokenizerIn } from './tokens.ts'

/** @throws ArchitectureProblem where the model does not fit the data, GivenProblem where the weights do not fit it */
export async function openTfjs(given: ResolvedTfjs, { data, engine, predictionBatch }: Setting): Promise<Source> {
  const { file, path, sha256 } = given
  refuseForTokens(given, data)
  const normalisation = normalisationOf(given, null, data)
  const read = readTfjs(path)
  if (read.sha256 !== sha256) {
    throw new Error(`${file} has changed since it was planned: expected SHA-256 ${sha256}, got ${read.sha256}`)
  }
  checkTokens(given.tokenizer, tokenizerIn(read.tokenizer), data)
  const { model, sizes, notes, close } =
    read.graph === null
      ? await openLayers(given, read, data, engine, predictionBatch)
      : await openGraph(given, { ...read, graph: read.graph }, data, engine, predictionBatch)
  const as = (way: { normalisation: ResolvedNormalisation }) => logitsBy(model, way.normalisation, data)
  return {
    sizes,
    notes,
    settled: { ...settledNormalisation(given, null, normalisation) },
    logits: as({ normalisation }),
    readings: otherReadings({ normalisation, inputLayout: null }, data, as),
    close,
  }
}

async function openLayers(
  { file, sha256, topology, gives, output }: ResolvedTfjs,
  read: TfjsModel,
  data: Data,
  engine: Engine,
  atMost?: number,
): Promise<OpenModel> {
  const stated = gives === undefined ? (output === undefined ? undefined : 'output') : 'gives'
  if (stated !== undefined) {
    const why = 'this is a layers-model, whose one output gives logits, since a softmax at its end is left out'
    throw new GivenProblem(`expected nothing, as ${why}, got "${output ?? gives}"`, [stated])
  }
  const architecture = { type: 'keras' as const, file, sha256, topology }
  const model = buildModel(architecture, data.inputShape, data.classes, 0, data.vocabulary, data.padding)
  expectLogits(model, data, ['file'])
  assignWeights(model, read)
  const sizes = async () => ({
    parameters: parameterCount(model),
    multiplyAccumulates: multiplyAccumulates(model),
    onnxBytes: (await onnxOf(model, data)).length,
  })
  const predictor = await openPredictor(engine, model, data, atMost)
  const notes = kerasNotes(architecture, data.inputShape)
  return { model: modelOf(predictor), sizes, notes, close: async () => predictor.dispose() }
}

/** Every weight of the model gets the file's of its name, and every one of the file's goes somewhere. */
function assignWeights(model: LayersModel, { weights, bytes }: TfjsModel): void {
  const values = io.decodeWeights(Uint8Array.from(bytes).buffer, weights)
  const left = new Set(weights)
  for (const weight of model.weights) {
    const spec = specFor(weight.originalName, left)
    if (spec === undefined) {
      throw new GivenProblem(
        `expected a weight ${weight.originalName} of the model, got none`,
        ['file'],
        ['weightsManifest'],
      )
    }
    left.delete(spec)
    if (String(spec.shape) !== String(weight.shape)) {
      const expected = `[${weight.shape.join(', ')}], as its layer has it`
      const message = `weight "${spec.name}": expected ${expected}, got [${spec.shape.join(', ')}]`
      throw new GivenProblem(message, ['file'], [...spec.place, 'shape'])
    }
    weight.write(values[spec.name] as Tensor)
  }
  for (const tensor of Object.values(values)) tensor.dispose()
  const [more] = left
  if (more === undefined) return
  throw new GivenProblem(`weight "${more.name}" belongs to no layer of the model`, ['file'], more.place)
}

/**
 * The file's weight for one of the model's. Files name it as the model does, without the models around its layer, or
 * with the name of a recurrent layer's cell.
 */
function specFor(name: string, left: Set<WeightSpec>): WeightSpec | undefined {
  const parts = name.split('/')
  const all = [...left]
  for (let start = 0; start < parts.length - 1; start++) {
    const short = parts.slice(start).join('/')
    const found = all.find((spec) => spec.name === short || withoutCell(spec.name) === short)
    if (found !== undefined) return found
  }
  return undefined
}

const withoutCell = (name: string): string => {
  const parts = name.split('/')
  return [...parts.slice(0, -2), parts.at(-1)].join('/')
}
