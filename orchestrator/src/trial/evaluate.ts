// Forward passes over many samples, and what is read from their logits.
import { type Data, type Samples, sizeOf } from '../data/data.ts'
import { gatherer, viewGatherer } from '../data/gather.ts'
import type { Workbench } from './workbench.ts'

/**
 * Raw logits of samples, in the order given.
 * @param between called after each batch; may throw to stop
 * @param view of training samples; null for samples as they are
 * @returns [indices, classes]
 */
export async function logitsOf(
  { predict, predictBatch }: Pick<Workbench, 'predict' | 'predictBatch'>,
  data: Pick<Data, 'inputShape' | 'classes' | 'preprocessing' | 'augmentation'>,
  samples: Samples,
  between: () => void,
  view: number | null = null,
): Promise<Float32Array> {
  const { indices } = samples
  const logits = new Float32Array(indices.length * data.classes)
  for (let start = 0; start < indices.length; start += predictBatch) {
    const images = imagesOf(data, samples, view, start, predictBatch)
    const outputs = await predict.run({ images })
    const count = Math.min(predictBatch, indices.length - start)
    logits.set(outputs.logits!.subarray(0, count * data.classes), start * data.classes)
    between()
  }
  return logits
}

/** The batch gathered last: the members of a group ask for the same one in turn. */
let last: { samples: Samples; view: number | null; start: number; size: number; images: Float32Array } | undefined

/** A new array for each batch, since a member may still wait with the one before. */
function imagesOf(
  data: Pick<Data, 'inputShape' | 'preprocessing' | 'augmentation'>,
  samples: Samples,
  view: number | null,
  start: number,
  size: number,
): Float32Array {
  const same = last?.samples === samples && last.view === view && last.start === start && last.size === size
  if (same) return last!.images
  const images = new Float32Array(size * sizeOf(data.inputShape))
  const places = new Int32Array(size)
  const part = samples.indices.subarray(start, start + size)
  places.set(part)
  // The last batch is filled up, since the compiled pass takes whole batches.
  places.fill(part[0] as number, part.length)
  const labels = new Int32Array(size)
  if (view === null) gatherer(data)(samples, places, images, labels)
  else viewGatherer(data)(samples, places, view, images, labels)
  last = { samples, view, start, size, images }
  return images
}

export interface Score {
  /** Mean cross entropy, in nats. */
  loss: number
  accuracy: number
}

/** @param logits [samples, classes] */
export function scoreOf(logits: Float32Array, { labels, indices }: Samples, classes: number): Score {
  const named = namedClasses(logits, classes)
  let loss = 0
  let right = 0
  for (const [place, index] of indices.entries()) {
    const label = labels[index] as number
    const row = logits.subarray(place * classes, (place + 1) * classes)
    const largest = row.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
    const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0)
    loss += Math.log(sum) + largest - (row[label] as number)
    if (named[place] === label) right++
  }
  return { loss: loss / indices.length, accuracy: right / indices.length }
}

/** How many samples of each class there are, and how many of them are named rightly. */
export function classesOf(logits: Float32Array, { labels, indices }: Samples, classes: number) {
  const [correct, samples] = [new Array<number>(classes).fill(0), new Array<number>(classes).fill(0)]
  for (const [place, named] of namedClasses(logits, classes).entries()) {
    const label = labels[indices[place]!]!
    samples[label]!++
    if (named === label) correct[label]!++
  }
  return { correct, samples }
}

/** The class of the largest logit of each row, the first of equals. */
export function namedClasses(logits: Float32Array, classes: number): Int32Array {
  return Int32Array.from({ length: logits.length / classes }, (_, place) => {
    let best = 0
    for (let of = 1; of < classes; of++) {
      if ((logits[place * classes + of] as number) > (logits[place * classes + best] as number)) best = of
    }
    return best
  })
}

/** Share of the rows on which two models name the same class. */
export function agreement(one: Float32Array, other: Float32Array, classes: number): number {
  const [ours, theirs] = [namedClasses(one, classes), namedClasses(other, classes)]
  return ours.filter((named, place) => named === theirs[place]).length / ours.length
}
