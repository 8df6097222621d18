// Mean and standard deviation of each channel or column, by which inputs are standardised.
import { type Preprocessing, type Samples, sizeOf } from './data.ts'

/**
 * Over the given samples alone, which are no token ids. What has one value everywhere gets deviation 1: it standardises
 * to zeros.
 * @param divisor by which numbers are divided first; bytes are always divided by 255
 */
export function statisticsOf(
  { inputs, indices }: Omit<Samples, 'labels'>,
  inputShape: number[],
  divisor = 1,
): Preprocessing {
  const { mean, deviation } =
    inputs instanceof Uint8Array
      ? ofBytes(inputs, indices, inputShape)
      : inputs instanceof Float64Array
        ? ofDoubles(inputs, indices, inputShape)
        : ofNumbers(inputs, indices, inputShape)
  const spread = deviation.map((value) => (value === 0 ? 1 : value))
  if (inputs instanceof Uint8Array) return { divisor: 255, mean, deviation: spread }
  const divided = (value: number) => value / divisor
  return { divisor, mean: mean.map(divided), deviation: spread.map(divided) }
}

type Statistics = Omit<Preprocessing, 'divisor'>

/** Of bytes / 255, from how often each byte occurs. */
function ofBytes(inputs: Uint8Array, indices: Int32Array, inputShape: number[]): Statistics {
  const [size, channels] = sizes(inputShape)
  const counts = Array.from({ length: channels }, () => new Float64Array(256))
  for (const index of indices) {
    for (let at = 0; at < size; at++) {
      const count = counts[at % channels] as Float64Array
      const byte = inputs[index * size + at] as number
      count[byte] = (count[byte] as number) + 1
    }
  }
  const total = (indices.length * size) / channels
  const average = (count: Float64Array, of: (value: number) => number) =>
    count.reduce((sum, times, byte) => sum + times * of(byte / 255), 0) / total
  const mean = counts.map((count) => average(count, (value) => value))
  const deviation = counts.map((count, channel) =>
    Math.sqrt(average(count, (value) => (value - (mean[channel] as number)) ** 2)),
  )
  return { mean, deviation }
}

/** In two passes, and from the first sample's values on, which loses less than sums of squares do. */
function ofNumbers(inputs: Float32Array | Int32Array, indices: Int32Array, inputShape: number[]): Statistics {
  const average = averager(inputs, indices, inputShape)
  const first = firstOf(inputs, indices, inputShape)
  const mean = average((value, channel) => value - first(channel)).map((offset, channel) => first(channel) + offset)
  const variance = average((value, channel) => (value - (mean[channel] as number)) ** 2)
  return { mean, deviation: variance.map(Math.sqrt) }
}

/**
 * The same of numbers of any magnitude: a second pass takes from the mean what the first rounded, and squares are of
 * numbers in units of the largest offset, a power of two, so that they neither overflow nor vanish.
 */
function ofDoubles(inputs: Float64Array, indices: Int32Array, inputShape: number[]): Statistics {
  const average = averager(inputs, indices, inputShape)
  const first = firstOf(inputs, indices, inputShape)
  const rough = average((value, channel) => value - first(channel)).map((offset, channel) => first(channel) + offset)
  const largest = new Float64Array(rough.length)
  const left = average((value, channel) => {
    const offset = value - (rough[channel] as number)
    const size = Math.abs(offset)
    if (size > (largest[channel] as number)) largest[channel] = size
    return offset
  })
  const mean = rough.map((center, channel) => center + (left[channel] as number))
  const units = largest.map((size) => (size === 0 ? 1 : 2 ** Math.floor(Math.log2(size))))
  const variance = average((value, channel) => ((value - (mean[channel] as number)) / (units[channel] as number)) ** 2)
  return { mean, deviation: variance.map((square, channel) => Math.sqrt(square) * (units[channel] as number)) }
}

const firstOf = (inputs: Numbers, indices: Int32Array, inputShape: number[]) => (channel: number) =>
  inputs[(indices[0] as number) * sizeOf(inputShape) + channel] as number

type Numbers = Float32Array | Float64Array | Int32Array

/** Means of what is made of each number, for each channel. */
function averager(inputs: Numbers, indices: Int32Array, inputShape: number[]) {
  const [size, channels] = sizes(inputShape)
  const total = (indices.length * size) / channels
  return (of: (value: number, channel: number) => number): number[] => {
    const sums = new Float64Array(channels)
    for (const index of indices) {
      for (let at = 0; at < size; at++) {
        const channel = at % channels
        sums[channel] = (sums[channel] as number) + of(inputs[index * size + at] as number, channel)
      }
    }
    return Array.from(sums, (sum) => sum / total)
  }
}

/** Numbers of a sample, and length of its last axis. */
function sizes(inputShape: number[]): [size: number, channels: number] {
  return [sizeOf(inputShape), inputShape.at(-1) as number]
}
