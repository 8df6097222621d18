// Fills a step's input arrays with a batch.
import { viewer } from './augment/augment.ts'
import { mixer } from './augment/mixup.ts'
import { type Data, type Preprocessing, type Samples, sizeOf } from './data.ts'

/** Copies samples, standardised unless they are token ids, into a batch's arrays. */
export type Gather = (
  samples: Samples,
  /** Places in the samples' file, one for each place of the batch. */
  indices: Int32Array,
  /** [batch, ...inputShape], as `batchOf` makes it */
  inputs: Float32Array | Int32Array,
  /** [batch, ...labelShape] */
  labels: Int32Array,
) => void

type Gathered = Pick<Data, 'inputShape' | 'labelShape' | 'preprocessing'>

/** The same of a view of each sample. */
export type GatherView = (
  samples: Samples,
  indices: Int32Array,
  view: number,
  inputs: Float32Array | Int32Array,
  labels: Int32Array,
) => void

/** For training samples; without augmentation there is one view, the samples as they are. */
export function viewGatherer(data: Gathered & Pick<Data, 'augmentation' | 'train'>): GatherView {
  const { inputShape, labelShape, preprocessing, augmentation, train } = data
  const gather = gatherer(data)
  if (augmentation === null || preprocessing === null)
    return (samples, indices, _, inputs, labels) => gather(samples, indices, inputs, labels)
  const size = sizeOf(inputShape)
  const viewOf = viewer(augmentation, { inputShape, preprocessing, train })
  // A view is in units of value / divisor already.
  const standardise = standardiser({ ...preprocessing, divisor: 1 })
  return (samples, indices, view, inputs, labels) => {
    gatherRows(samples.labels, sizeOf(labelShape), indices, labels)
    for (const [place, index] of indices.entries()) standardise(viewOf(samples, index, view), inputs, place * size)
  }
}

/** Gives what the labels of a view's samples are beside their own. */
export type GatherMixtures = (
  indices: Int32Array,
  view: number,
  /** [batch], of those that the samples are blended with */
  partnerLabels: Int32Array,
  /** [batch], the samples' own, from 0 to 1 */
  shares: Float32Array,
) => void

/** Null for training samples that are not blended with others. */
export function mixtureGatherer({ augmentation, train }: Pick<Data, 'augmentation' | 'train'>): GatherMixtures | null {
  const mix = augmentation && mixer(augmentation, train.indices)
  if (mix === null) return null
  return (indices, view, partnerLabels, shares) => {
    for (const [place, index] of indices.entries()) {
      const { partner, share } = mix(index, view)
      partnerLabels[place] = train.labels[partner] as number
      shares[place] = share
    }
  }
}

/** For data of this shape. */
export function gatherer({ inputShape, labelShape, preprocessing }: Gathered): Gather {
  const [size, labelSize] = [sizeOf(inputShape), sizeOf(labelShape)]
  const channels = inputShape.at(-1) as number
  const table = preprocessing && byteTable(preprocessing)
  const standardise = preprocessing && standardiser(preprocessing)
  return (samples, indices, inputs, labels) => {
    const [numbers, classes] = [indices.length * size, indices.length * labelSize]
    if (inputs.length !== numbers || labels.length !== classes) {
      throw new Error(
        `a batch of ${indices.length} takes ${numbers} numbers and ${classes} labels, got arrays of ${inputs.length} and ${labels.length}`,
      )
    }
    gatherRows(samples.labels, labelSize, indices, labels)
    if (table !== null && samples.inputs instanceof Uint8Array) {
      copyBytes(samples.inputs, indices, inputs, { size, channels, table })
    } else if (standardise === null) {
      gatherRows(samples.inputs, size, indices, inputs)
    } else {
      for (const [place, index] of indices.entries()) {
        standardise(samples.inputs.subarray(index * size, (index + 1) * size), inputs, place * size)
      }
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
function copyBytes(
  bytes: Uint8Array,
  indices: Int32Array,
  out: Float32Array | Int32Array,
  { size, channels, table }: Bytes,
): void {
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

/**
 * Standardises a sample's numbers in float64 and writes them, rounded to float32, into a batch from a place on; the last
 * axis is the channels or columns.
 */
function standardiser({ divisor, mean, deviation }: Preprocessing) {
  const channels = mean.length
  return (numbers: Samples['inputs'], out: Float32Array | Int32Array, place: number): void => {
    for (let start = 0; start < numbers.length; start += channels) {
      for (let channel = 0; channel < channels; channel++) {
        const value = (numbers[start + channel] as number) / divisor
        out[place + start + channel] = (value - (mean[channel] as number)) / (deviation[channel] as number)
      }
    }
  }
}

/** The labels of samples in the order given: one for each row of a model's logits over them. */
export function labelsOf({ labels, indices }: Samples, rows: number): Int32Array {
  const found = new Int32Array(rows)
  gatherRows(labels, rows / indices.length, indices, found)
  return found
}

/** Copies rows of a [rows, width] table, e.g. the teacher's logits of a batch. */
export function gatherRows(
  table: Samples['inputs'],
  width: number,
  rows: Int32Array,
  out: Float32Array | Int32Array,
): void {
  for (let place = 0; place < rows.length; place++) {
    const from = (rows[place] as number) * width
    out.set(table.subarray(from, from + width), place * width)
  }
}
