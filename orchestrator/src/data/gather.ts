// Fills a step's input arrays with a batch.
import { viewer } from './augment/augment.ts'
import { type Data, type Preprocessing, type Samples, sizeOf } from './data.ts'

/** Copies samples, standardised, into a batch's arrays. */
export type Gather = (
  samples: Samples,
  /** Places in the samples' file, one for each place of the batch. */
  indices: Int32Array,
  /** [batch, ...inputShape] */
  inputs: Float32Array,
  /** [batch] */
  labels: Int32Array,
) => void

/** The same of a view of each sample. */
export type GatherView = (
  samples: Samples,
  indices: Int32Array,
  view: number,
  inputs: Float32Array,
  labels: Int32Array,
) => void

/** For training samples; without augmentation there is one view, the samples as they are. */
export function viewGatherer(data: Pick<Data, 'inputShape' | 'preprocessing' | 'augmentation'>): GatherView {
  const { inputShape, preprocessing, augmentation } = data
  const gather = gatherer(data)
  if (augmentation === null) return (samples, indices, _, inputs, labels) => gather(samples, indices, inputs, labels)
  const size = sizeOf(inputShape)
  const viewOf = viewer(augmentation, data)
  // A view is in units of value / divisor already.
  const standardise = standardiser({ ...preprocessing, divisor: 1 })
  return (samples, indices, view, inputs, labels) => {
    for (let place = 0; place < indices.length; place++) {
      const index = indices[place] as number
      labels[place] = samples.labels[index] as number
      inputs.set(viewOf(samples, index, view), place * size)
    }
    standardise(inputs)
  }
}

/** For data of this shape. */
export function gatherer({ inputShape, preprocessing }: Pick<Data, 'inputShape' | 'preprocessing'>): Gather {
  const size = sizeOf(inputShape)
  const channels = inputShape.at(-1) as number
  const table = byteTable(preprocessing)
  const standardise = standardiser(preprocessing)
  return (samples, indices, inputs, labels) => {
    if (inputs.length !== indices.length * size || labels.length !== indices.length) {
      throw new Error(
        `a batch of ${indices.length} takes ${indices.length * size} numbers and ${indices.length} labels, got arrays of ${inputs.length} and ${labels.length}`,
      )
    }
    for (let place = 0; place < indices.length; place++)
      labels[place] = samples.labels[indices[place] as number] as number
    if (samples.inputs instanceof Uint8Array) copyBytes(samples.inputs, indices, inputs, { size, channels, table })
    else {
      for (let place = 0; place < indices.length; place++) {
        const from = (indices[place] as number) * size
        inputs.set(samples.inputs.subarray(from, from + size), place * size)
      }
      standardise(inputs)
    }
  }
}

interface Bytes {
  size: number
  channels: number
  /** [channels, 256] */
  table: Float32Array
}

/** Bytes are looked up, which is faster than standardising each. */
function copyBytes(bytes: Uint8Array, indices: Int32Array, out: Float32Array, { size, channels, table }: Bytes): void {
  for (let place = 0; place < indices.length; place++) {
    const from = (indices[place] as number) * size
    const to = place * size
    if (channels === 1) {
      for (let pixel = 0; pixel < size; pixel++) {
        out[to + pixel] = table[bytes[from + pixel] as number] as number
      }
    } else {
      for (let pixel = 0; pixel < size; pixel += channels) {
        for (let channel = 0; channel < channels; channel++) {
          out[to + pixel + channel] = table[channel * 256 + (bytes[from + pixel + channel] as number)] as number
        }
      }
    }
  }
}

/** The standardised value of each byte, [channels, 256]. */
export function byteTable({ divisor, mean, deviation }: Preprocessing): Float32Array {
  const table = new Float32Array(mean.length * 256)
  for (const [channel, center] of mean.entries()) {
    for (let byte = 0; byte < 256; byte++) {
      table[channel * 256 + byte] = (byte / divisor - center) / (deviation[channel] as number)
    }
  }
  return table
}

/** Standardises numbers in their place; the last axis is the channels or columns. */
function standardiser({ divisor, mean, deviation }: Preprocessing): (numbers: Float32Array) => void {
  const channels = mean.length
  return (numbers) => {
    for (let start = 0; start < numbers.length; start += channels) {
      for (let channel = 0; channel < channels; channel++) {
        const value = (numbers[start + channel] as number) / divisor
        numbers[start + channel] = (value - (mean[channel] as number)) / (deviation[channel] as number)
      }
    }
  }
}

/** Copies rows of a [rows, width] table, e.g. the teacher's logits of a batch. */
export function gatherRows(table: Float32Array, width: number, rows: Int32Array, out: Float32Array): void {
  for (let place = 0; place < rows.length; place++) {
    const from = (rows[place] as number) * width
    out.set(table.subarray(from, from + width), place * width)
  }
}
