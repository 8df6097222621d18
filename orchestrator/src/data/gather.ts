// Fills a step's input arrays with a batch.
import type { Data, Preprocessing, Samples } from './data.ts'

/** Copies samples, standardised, into a batch's arrays. */
export type Gather = (
  samples: Samples,
  /** Places in the samples' file, one for each place of the batch. */
  indices: Int32Array,
  /** [batch, height, width, channels] */
  images: Float32Array,
  /** [batch] */
  labels: Int32Array,
) => void

/** For data of this shape; pixels are looked up in a table of 256 values for each channel. */
export function gatherer({ inputShape, preprocessing }: Pick<Data, 'inputShape' | 'preprocessing'>): Gather {
  const size = inputShape[0] * inputShape[1] * inputShape[2]
  const channels = inputShape[2]
  const table = pixelTable(preprocessing)
  return (samples, indices, images, labels) => {
    if (images.length !== indices.length * size || labels.length !== indices.length) {
      throw new Error(
        `a batch of ${indices.length} takes ${indices.length * size} pixels and ${indices.length} labels, got arrays of ${images.length} and ${labels.length}`,
      )
    }
    for (let place = 0; place < indices.length; place++) {
      const index = indices[place] as number
      labels[place] = samples.labels[index] as number
      const from = index * size
      const to = place * size
      if (channels === 1) {
        for (let pixel = 0; pixel < size; pixel++) {
          images[to + pixel] = table[samples.images[from + pixel] as number] as number
        }
      } else {
        for (let pixel = 0; pixel < size; pixel++) {
          images[to + pixel] = table[(pixel % channels) * 256 + (samples.images[from + pixel] as number)] as number
        }
      }
    }
  }
}

/** The standardised value of each byte, [channels, 256]. */
export function pixelTable({ mean, deviation }: Preprocessing): Float32Array {
  const table = new Float32Array(mean.length * 256)
  for (const [channel, center] of mean.entries()) {
    for (let byte = 0; byte < 256; byte++) {
      table[channel * 256 + byte] = (byte / 255 - center) / (deviation[channel] as number)
    }
  }
  return table
}

/** Copies rows of a [rows, width] table, e.g. the teacher's logits of a batch. */
export function gatherRows(table: Float32Array, width: number, rows: Int32Array, out: Float32Array): void {
  for (let place = 0; place < rows.length; place++) {
    const from = (rows[place] as number) * width
    out.set(table.subarray(from, from + width), place * width)
  }
}
