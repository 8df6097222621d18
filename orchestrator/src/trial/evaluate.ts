// Forward passes over many samples, and what is read from their logits.
import { batchOf, type Data, type Fitted, noClass, type Samples, sizeOf } from '../data/data.ts'
import { gatherer, labelsOf, viewGatherer } from '../data/gather.ts'
import type { Values } from '../engine/engine.ts'
import { isShortage, PredictionShortage } from './failure.ts'
import type { Workbench } from './workbench.ts'

/**
 * Raw logits of samples, in the order given.
 * @param between called after each batch; may throw to stop
 * @param view of training samples; null for samples as they are
 * @returns [indices, ...labelShape, classes]
 * @throws PredictionShortage where memory is short
 */
export async function logitsOf(
  { predict, predictBatch }: Pick<Workbench, 'predict' | 'predictBatch'>,
  data: Pick<Data, keyof Fitted | 'preprocessing' | 'augmentation' | 'train'>,
  samples: Samples,
  between: () => void,
  view: number | null = null,
): Promise<Float32Array> {
  const { indices } = samples
  const width = sizeOf(data.labelShape) * data.classes
  const logits = new Float32Array(indices.length * width)
  for (let start = 0; start < indices.length; start += predictBatch) {
    const images = imagesOf(data, samples, view, start, predictBatch)
    const outputs = await predict.run({ images }).catch((error: unknown) => {
      throw isShortage(error) ? new PredictionShortage(error, predictBatch) : error
    })
    const count = Math.min(predictBatch, indices.length - start)
    logits.set(outputs.logits!.subarray(0, count * width), start * width)
    between()
  }
  return logits
}

/** The batch gathered last: the members of a group ask for the same one in turn. */
let last: { samples: Samples; view: number | null; start: number; size: number; images: Values } | undefined

/** A new array for each batch, since a member may still wait with the one before. */
function imagesOf(
  data: Pick<Data, keyof Fitted | 'preprocessing' | 'augmentation' | 'train'>,
  samples: Samples,
  view: number | null,
  start: number,
  size: number,
): Values {
  const same = last?.samples === samples && last.view === view && last.start === start && last.size === size
  if (same) return last!.images
  const images = batchOf(data, size)
  const places = new Int32Array(size)
  const part = samples.indices.subarray(start, start + size)
  places.set(part)
  // The last batch is filled up, since the compiled pass takes whole batches.
  places.fill(part[0] as number, part.length)
  const labels = new Int32Array(size * sizeOf(data.labelShape))
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

/** @param logits [samples, classes], or [samples, positions, classes] where positions have labels */
export function scoreOf(logits: Float32Array, samples: Samples, classes: number): Score {
  const named = namedClasses(logits, classes)
  let [loss, right, counted] = [0, 0, 0]
  for (const [place, label] of labelsOf(samples, named.length).entries()) {
    if (label === noClass) continue
    const row = logits.subarray(place * classes, (place + 1) * classes)
    const largest = row.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
    const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0)
    loss += Math.log(sum) + largest - (row[label] as number)
    if (named[place] === label) right++
    counted++
  }
  return { loss: loss / counted, accuracy: right / counted }
}

/** How many samples, or positions, of each class there are, and how many of them are named rightly. */
export function classesOf(logits: Float32Array, of: Samples, classes: number) {
  const [correct, samples] = [new Array<number>(classes).fill(0), new Array<number>(classes).fill(0)]
  const named = namedClasses(logits, classes)
  for (const [place, label] of labelsOf(of, named.length).entries()) {
    if (label === noClass) continue
    samples[label]!++
    if (named[place] === label) correct[label]!++
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

/** Share of the samples, or of the positions with a label, on which two models name the same class. */
export function agreement(one: Float32Array, other: Float32Array, samples: Samples, classes: number): number {
  const [ours, theirs] = [namedClasses(one, classes), namedClasses(other, classes)]
  const labels = labelsOf(samples, ours.length)
  const counted = ours.filter((_, place) => labels[place] !== noClass).length
  return ours.filter((named, place) => named === theirs[place] && labels[place] !== noClass).length / counted
}
