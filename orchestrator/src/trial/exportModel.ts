// What a trained model leaves to be shipped: an ONNX file, and the two files of TensorFlow.js's own format.
import type { Artifact } from '@retort/schema/artifact'
import type { RanEngine } from '@retort/schema/engines'
import { io, type Tensor } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Data } from '../data/data.ts'
import { exportOnnx } from '../engine/export.ts'
import { writeArtifact } from './artifacts.ts'

type Described = Pick<
  Data,
  'preprocessing' | 'vocabulary' | 'tokenizer' | 'classes' | 'classNames' | 'columnNames' | 'filled'
>

/** What whoever runs the model has to know: names are there where the data has them, engines where it was trained here. */
const facts = (
  { preprocessing, vocabulary, tokenizer, classes, classNames, columnNames, filled }: Described,
  trainedOn: RanEngine[] | undefined,
) => ({
  ...(preprocessing && { preprocessing }),
  ...(vocabulary && { vocabulary }),
  ...(tokenizer && { tokenizer: { sha256: tokenizer.sha256, padding: tokenizer.padding } }),
  classes,
  ...(classNames && { classNames }),
  ...(columnNames && { columnNames }),
  ...(filled && { filled }),
  ...(trainedOn && { trainedOn }),
})

/** Inputs, standardised as the metadata say, or token ids, to logits; the batch's size is free. */
export function onnxOf(model: LayersModel, data: Described, trainedOn?: RanEngine[]): Promise<Uint8Array> {
  const predict = (images: Tensor) => model.apply(images, { training: false }) as Tensor
  const metadata = Object.entries(facts(data, trainedOn)).map(([name, value]) => [name, JSON.stringify(value)])
  return exportOnnx(predict, model.inputs[0]!.shape.slice(1) as number[], {
    input: 'input',
    output: 'logits',
    dtype: model.inputs[0]!.dtype as 'float32' | 'int32',
    metadata: Object.fromEntries(metadata),
  })
}

export interface TfjsFiles {
  /** model.json: topology and list of weights. */
  topology: Uint8Array
  /** weights.bin, which model.json names. */
  weights: Uint8Array
}

/** What `tf.loadLayersModel` reads. Equal architectures that were trained on the same give equal topologies. */
export async function tfjsOf(model: LayersModel, data: Described, trainedOn?: RanEngine[]): Promise<TfjsFiles> {
  let saved: io.ModelArtifacts | undefined
  const handler = io.withSaveHandler(async (artifacts) => {
    saved = artifacts
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
  })
  await model.save(handler)
  const { modelTopology, format, generatedBy, convertedBy, weightSpecs, weightData } = saved!
  const json = {
    format,
    generatedBy,
    convertedBy,
    modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
    userDefinedMetadata: facts(data, trainedOn),
  }
  return {
    topology: Buffer.from(JSON.stringify(json)),
    weights: new Uint8Array(io.CompositeArrayBuffer.join(weightData)),
  }
}

export interface Exported {
  onnx: Artifact
  topology: Artifact
  weights: Artifact
  /** The tokenizer.json of data that were texts. */
  tokenizer?: Artifact
}

/** @param folder the store's folder */
export async function exportModel(
  folder: string,
  model: LayersModel,
  data: Data,
  trainedOn: RanEngine[],
): Promise<Exported> {
  const { topology, weights } = await tfjsOf(model, data, trainedOn)
  const { tokenizer } = data
  return {
    onnx: await writeArtifact(folder, 'onnx', await onnxOf(model, data, trainedOn)),
    topology: await writeArtifact(folder, 'topology', topology),
    weights: await writeArtifact(folder, 'weights', weights),
    ...(tokenizer && { tokenizer: await writeArtifact(folder, 'tokenizer', tokenizer.json) }),
  }
}
