// A trained model as an ONNX file, run by onnxruntime as it is.
import type { ResolvedNormalisation, ResolvedOnnx } from '@retort/schema/given'
import onnxProto from 'onnx-proto'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { type Data, sizeOf } from '../../data/data.ts'
import type { Engine } from '../../engine/engine.ts'
import { sessionOptions } from '../../engine/session/runtime.ts'
import { readGiven } from '../../spec/given/files.ts'
import { normalisationIn } from '../../spec/given/tfjs.ts'
import type { Predictor } from '../predictor.ts'
import { predictionBatch } from '../workbench.ts'
import { normaliser } from './normalise.ts'
import { batchSizeOf, type Dims, fits, type Input, shownShape } from './onnxInput.ts'
import { tokenInputs } from './onnxTokens.ts'
import { predictedBy } from './predicted.ts'
import { logOf, wrongProbabilities } from './probabilities.ts'
import { GivenProblem, type Setting, type Source } from './source.ts'
import { checkTokens, tokenizerIn } from './tokens.ts'

const { onnx } = onnxProto

/** @throws GivenProblem where it is no model for this data, or what it takes and gives is not clear */
export async function openOnnx(
  given: ResolvedOnnx,
  { data, engine, predictionBatch: atMost }: Setting,
): Promise<Source> {
  const bytes = readGiven(given)
  const { parameters, preprocessing, tokenizer } = contentOf(bytes)
  checkTokens(given.tokenizer, tokenizer, data)
  const normalise = normaliser(given.normalisation ?? preprocessing, data)
  const session = await InferenceSession.create(bytes, sessionOptions(placeOf(engine))).catch((error: Error) => {
    throw new GivenProblem(`onnxruntime cannot run it: ${error.message}`, ['file'])
  })
  try {
    const predictor = predictorOf(session, given, data, atMost)
    const sizes = async () => ({ parameters, multiplyAccumulates: null, onnxBytes: bytes.length })
    return predictedBy(predictor, normalise, data, { sizes, notes: [] })
  } catch (error) {
    await session.release()
    throw error
  }
}

/** Where the sweep's trials run; the tensorflow engine's models have no onnxruntime on their device. */
const placeOf = ({ name, device, threads }: Engine) => ({
  device: name === 'onnx' ? (device as 'cpu' | 'webgpu' | 'cuda') : ('cpu' as const),
  threads,
})

interface Content {
  parameters: number
  preprocessing: ResolvedNormalisation | null
  /** The hash of the tokenizer that it was trained with. */
  tokenizer: string | null
}

function contentOf(bytes: Buffer): Content {
  let model: InstanceType<typeof onnx.ModelProto>
  try {
    model = onnx.ModelProto.decode(bytes)
  } catch (error) {
    throw new GivenProblem(`expected an ONNX model, got other bytes: ${(error as Error).message}`, ['file'])
  }
  const constants = model.graph?.initializer ?? []
  const outside = constants.find(({ dataLocation }) => dataLocation === onnx.TensorProto.DataLocation.EXTERNAL)
  if (outside !== undefined) {
    throw new GivenProblem(
      `expected a model with its weights inside, got weight "${outside.name}" in a file of its own`,
      ['file'],
    )
  }
  const { FLOAT, FLOAT16, DOUBLE, BFLOAT16 } = onnx.TensorProto.DataType
  const floats = constants.filter(({ dataType }) => [FLOAT, FLOAT16, DOUBLE, BFLOAT16].includes(dataType as number))
  const parameters = floats.reduce(
    (sum, { dims }) => sum + (dims ?? []).reduce<number>((product, length) => product * Number(length), 1),
    0,
  )
  const metadata = (name: string) => jsonIn(model.metadataProps?.find(({ key }) => key === name)?.value)
  const normalisation = normalisationIn(metadata('preprocessing'))
  const preprocessing = normalisation && { scale: 255, ...normalisation }
  return { parameters, preprocessing, tokenizer: tokenizerIn(metadata('tokenizer')) }
}

/** As Retort's exports write it; metadata of other programs under the same name are not for it. */
function jsonIn(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}

function predictorOf(session: InferenceSession, given: ResolvedOnnx, data: Data, atMost?: number): Predictor {
  const input = data.vocabulary === null ? inputOf(session, given, data.inputShape) : tokenInputs(session, given, data)
  const shape = [...data.labelShape, data.classes]
  const output = outputOf(session, given, shape)
  const predictBatch = input.batch ?? predictionBatch(data, atMost)
  const run: Predictor['predict']['run'] = async ({ images }) => {
    const results = await session.run(input.feeds(images!, predictBatch), [output])
    const { data: numbers, dims: got } = results[output]!
    if (numbers.length !== predictBatch * sizeOf(shape) || !fits(got.slice(-shape.length), shape)) {
      const expected = `[${[predictBatch, ...shape].join(', ')}]`
      throw new GivenProblem(`output "${output}": expected ${expected}, got [${got.join(', ')}]`, ['output'])
    }
    if (!(numbers instanceof Float32Array)) {
      throw new GivenProblem(`output "${output}": expected float32 numbers, got ${results[output]!.type}`, ['output'])
    }
    return { logits: given.gives === 'logits' ? numbers : logarithms(numbers, data.classes) }
  }
  return { predict: { run }, predictBatch, dispose: () => session.release() }
}

function logarithms(probabilities: Float32Array, classes: number): Float32Array {
  for (let start = 0; start < probabilities.length; start += classes) {
    const wrong = wrongProbabilities(probabilities.subarray(start, start + classes))
    if (wrong !== undefined) throw new GivenProblem(wrong, ['gives'])
  }
  return logOf(probabilities)
}

function inputOf(session: InferenceSession, { inputLayout }: ResolvedOnnx, inputShape: number[]): Input {
  const [metadata, ...others] = session.inputMetadata
  if (metadata === undefined || others.length > 0) {
    throw new GivenProblem(`expected a model with one input, the images, got ${session.inputMetadata.length}`, ['file'])
  }
  const { name } = metadata
  if (!metadata.isTensor || metadata.type !== 'float32') {
    const got = metadata.isTensor ? metadata.type : 'no tensor'
    throw new GivenProblem(`input "${name}": expected float32 numbers, got ${got}`, ['file'])
  }
  const [batch, ...dims] = metadata.shape as [number | string, ...Dims]
  const fitting = layoutsOf(inputShape).filter(
    (layout) =>
      fits(dims, layout.dims) && (inputLayout === null || layout.order === null || layout.order === inputLayout),
  )
  const [layout, other] = fitting
  if (layout === undefined) {
    const stated = inputLayout === null ? '' : ` as ${inputLayout}`
    const expected = `images of [${inputShape.join(', ')}]${stated}`
    throw new GivenProblem(`input "${name}": expected ${expected}, got ${shownShape(metadata)}`, [
      inputLayout === null ? 'file' : 'inputLayout',
    ])
  }
  if (other !== undefined) {
    const message = `input "${name}" of ${shownShape(metadata)} may be NCHW or NHWC for images of [${inputShape.join(', ')}]: say which`
    throw new GivenProblem(message, ['inputLayout'])
  }
  return {
    batch: batchSizeOf(batch),
    feeds: (values, samples) => ({
      [name]: new Tensor('float32', layout.arrange(values as Float32Array), [samples, ...layout.dims]),
    }),
  }
}

interface Layout {
  /** Null where there is no choice. */
  order: 'NCHW' | 'NHWC' | null
  dims: number[]
  arrange(images: Float32Array): Float32Array
}

/** The shapes in which a model may take such data. */
function layoutsOf(inputShape: number[]): Layout[] {
  const [height, width, channels] = inputShape
  const size = inputShape.reduce((product, length) => product * length, 1)
  const asIs = (images: Float32Array) => images
  if (height === undefined || width === undefined || channels === undefined) {
    return [{ order: null, dims: inputShape, arrange: asIs }]
  }
  const first = (images: Float32Array) => channelsFirst(images, height * width, channels)
  if (channels === 1) {
    return [
      { order: 'NHWC', dims: [height, width, 1], arrange: asIs },
      { order: 'NCHW', dims: [1, height, width], arrange: asIs },
      { order: null, dims: [height, width], arrange: asIs },
      { order: null, dims: [size], arrange: asIs },
    ]
  }
  return [
    { order: 'NHWC', dims: [height, width, channels], arrange: asIs },
    { order: 'NCHW', dims: [channels, height, width], arrange: first },
    { order: 'NHWC', dims: [size], arrange: asIs },
    { order: 'NCHW', dims: [size], arrange: first },
  ]
}

function channelsFirst(images: Float32Array, pixels: number, channels: number): Float32Array {
  const arranged = new Float32Array(images.length)
  for (let start = 0; start < images.length; start += pixels * channels) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        arranged[start + channel * pixels + pixel] = images[start + pixel * channels + channel] as number
      }
    }
  }
  return arranged
}

function outputOf(session: InferenceSession, { output }: ResolvedOnnx, shape: number[]): string {
  const outputs = session.outputMetadata
  const names = outputs.map(({ name }) => `"${name}"`).join(', ')
  if (output !== null) {
    const stated = outputs.find(({ name }) => name === output)
    if (stated === undefined)
      throw new GivenProblem(`expected an output of the model: ${names}, got "${output}"`, ['output'])
    if (!givesLogits(stated, shape)) throw wrongOutput(stated, shape, ['output'])
    return output
  }
  const fitting = outputs.filter((each) => givesLogits(each, shape))
  if (fitting.length === 1) return fitting[0]!.name
  if (outputs.length === 1) throw wrongOutput(outputs[0]!, shape, ['file'])
  throw new GivenProblem(`which output has the ${shape.at(-1)} classes is not clear: say which of ${names}`, ['output'])
}

type Metadata = InferenceSession['outputMetadata'][number]

/** As far as the model says. */
const givesLogits = (metadata: Metadata, shape: number[]): boolean =>
  metadata.isTensor &&
  metadata.type === 'float32' &&
  (metadata.shape.length === 0 || fits(metadata.shape.slice(1), shape))

function wrongOutput(metadata: Metadata, shape: number[], path: string[]): GivenProblem {
  const got = metadata.isTensor ? `${metadata.type} [${metadata.shape.join(', ')}]` : 'no tensor'
  const expected = `float32 [${['batch', ...shape].join(', ')}]`
  return new GivenProblem(`output "${metadata.name}": expected ${expected}, got ${got}`, path)
}
