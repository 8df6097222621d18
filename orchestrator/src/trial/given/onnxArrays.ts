// What an ONNX model of images or of a table's rows is fed with.
import type { ResolvedOnnx } from '@retort/schema/given'
import type { InferenceSession } from 'onnxruntime-node'
import type { Data } from '../../data/data.ts'
import { isTable } from './normalise.ts'
import { isWhole, numberTypes, tensorOf } from './numbers.ts'
import { batchSizeOf, type Dims, fits, type Input, shownShape } from './onnxInput.ts'
import { GivenProblem } from './source.ts'

type Fed = Pick<Data, 'inputShape' | 'vocabulary' | 'columnNames'>
type Metadata = InferenceSession['inputMetadata'][number]
type Numbers = Float32Array | Float64Array

/** @throws GivenProblem where it takes something else, or what it takes is not clear */
export function arrayInputs(
  { inputMetadata }: InferenceSession,
  { inputLayout }: Pick<ResolvedOnnx, 'inputLayout'>,
  data: Fed,
): Input {
  const { inputShape } = data
  const what = isTable(data) ? 'samples' : 'images'
  const [metadata, ...others] = inputMetadata
  if (isTable(data) && others.length > 0) return columnInputs(inputMetadata, data)
  if (metadata === undefined || others.length > 0) {
    throw new GivenProblem(`expected a model with one input, the images, got ${inputMetadata.length}`, ['file'])
  }
  const { name } = metadata
  const type = numberTypeOf(metadata)
  const [batch, ...dims] = (metadata as { shape: Dims }).shape
  const fitting = layoutsOf(inputShape, dims).filter(
    (layout) =>
      fits(dims, layout.dims) && (inputLayout === null || layout.order === null || layout.order === inputLayout),
  )
  const [layout, other] = fitting
  if (layout === undefined) {
    const stated = inputLayout === null ? '' : ` as ${inputLayout}`
    const expected = `${what} of [${inputShape.join(', ')}]${stated}`
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
    isWhole: isWhole(type),
    feeds: (values, samples) => ({
      [name]: tensorOf(type, layout.arrange(values as Numbers), [samples, ...layout.dims]),
    }),
  }
}

function numberTypeOf(metadata: Metadata): string {
  const type = metadata.isTensor ? metadata.type : 'no tensor'
  if (numberTypes.includes(type)) return type
  throw new GivenProblem(`input "${metadata.name}": expected numbers, got ${type}`, ['file'])
}

/** As scikit-learn's pipelines of data frames have them: an input [batch, 1] for each column, by its name. */
function columnInputs(inputs: readonly Metadata[], { columnNames, inputShape }: Fed): Input {
  const width = inputShape[0]!
  const names = columnNames ?? []
  const missing = inputs.find(({ name }) => !names.includes(name))
  if (missing !== undefined || inputs.length !== width) {
    const expected = `one input of [batch, ${width}], or one for each column, by its name`
    const got = inputs.map(({ name }) => `"${name}"`).join(', ')
    throw new GivenProblem(`expected a model with ${expected}, got ${inputs.length}: ${got}`, ['file'])
  }
  const types = inputs.map(numberTypeOf)
  return {
    batch: batchSizeOf((inputs[0] as { shape: Dims }).shape[0]),
    isWhole: types.every(isWhole),
    feeds: (values, samples) =>
      Object.fromEntries(
        inputs.map(({ name }, index) => {
          const column = names.indexOf(name)
          const numbers = Float64Array.from({ length: samples }, (_, row) => values[row * width + column]!)
          return [name, tensorOf(types[index]!, numbers, [samples, 1])]
        }),
      ),
  }
}

interface Layout {
  /** Null where there is no choice. */
  order: 'NCHW' | 'NHWC' | null
  dims: number[]
  arrange(images: Numbers): Numbers
}

/** The shapes in which a model may take such data. */
function layoutsOf(inputShape: number[], taken: Dims): Layout[] {
  const [height, width, channels] = inputShape
  const size = inputShape.reduce((product, length) => product * length, 1)
  const asIs = (images: Numbers) => images
  if (height === undefined || width === undefined || channels === undefined) {
    // A row may stand in axes of one place: [1, columns], [columns, 1].
    const squeezed = taken.length > 1 && taken.filter((length) => length !== 1).length === 1
    const dims = squeezed ? taken.map((length) => (length === 1 ? 1 : size)) : inputShape
    return [{ order: null, dims, arrange: asIs }]
  }
  const first = (images: Numbers) => channelsFirst(images, height * width, channels)
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

function channelsFirst(images: Numbers, pixels: number, channels: number): Numbers {
  const arranged = images.slice()
  for (let start = 0; start < images.length; start += pixels * channels) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        arranged[start + channel * pixels + pixel] = images[start + pixel * channels + channel] as number
      }
    }
  }
  return arranged
}
