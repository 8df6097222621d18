// What goes into a training step: whose turn it is, and the arrays that carry a batch there, which are filled anew
// for each step.
import { batchOf, type Data, sizeOf, viewsOf } from '../data/data.ts'
import { gatherRows, mixtureGatherer, viewGatherer } from '../data/gather.ts'
import { permutation, stream } from '../data/random.ts'
import type { Values } from '../engine/engine.ts'
import { type DropoutMask, maskSize } from '../zoo/dropout.ts'
import { fromHalves, type Table } from './halves.ts'
import { maskInput } from './steps.ts'

/** The training samples in the order of an epoch, as places in the training file. */
export function epochOrder(indices: Int32Array, seed: number, epoch: number): Int32Array {
  return permutation(indices.length, stream('shuffle', seed, epoch)).map((place) => indices[place] as number)
}

/** Which view of the training samples an epoch shows, from 0. */
export const viewOfEpoch = (data: Pick<Data, 'augmentation'>, epoch: number): number => (epoch - 1) % viewsOf(data)

/** Fills a dropout layer's mask: 0 with probability `rate`, else 1 / (1 - rate). */
export function fillMask(out: Float32Array, { name, rate }: DropoutMask, seed: number, step: number): void {
  const next = stream('dropout', name, seed, step)
  const threshold = rate * 2 ** 32
  const kept = 1 / (1 - rate)
  for (let unit = 0; unit < out.length; unit++) out[unit] = next() < threshold ? 0 : kept
}

export interface BatchSource {
  data: Data
  batchSize: number
  seed: number
  masks: DropoutMask[]
  /** Of each view over the whole training file, [views, samples, ...labelShape, classes]; null without a teacher. */
  teacherLogits: Table | null
  /** Where the teacher's tokens are others: which of these rows are whose; else null. */
  alignment?: LogitsAlignment | null
}

/** Of a teacher whose tokens are others than the data's. */
export interface LogitsAlignment {
  /** Of each position of the training file, [samples, ...labelShape], its row; -1 for those without logits. */
  rows: Int32Array
  classes: number
}

/**
 * @returns a function that fills the arrays with a view of the samples at the given places of the training file, and
 * draws the dropout of the step (counted from 0 over the whole training)
 */
export function batchFiller({ data, batchSize, seed, masks, teacherLogits, alignment = null }: BatchSource) {
  const gather = viewGatherer(data)
  const gatherMixtures = mixtureGatherer(data)
  const positions = sizeOf(data.labelShape)
  const width = positions * data.classes
  const viewLength = data.trainFileSamples * width
  const images = batchOf(data, batchSize)
  const labels = new Int32Array(batchSize * positions)
  const inputs: Record<string, Values> = { images, labels }
  const [partnerLabels, shares] = [new Int32Array(batchSize), new Float32Array(batchSize)]
  if (gatherMixtures !== null) Object.assign(inputs, { partnerLabels, shares })
  const { inputs: drawn, drawMasks } = maskDrawer({ masks, batchSize, seed })
  Object.assign(inputs, drawn)
  const taught = teacherLogits === null || alignment !== null ? null : new Float32Array(batchSize * width)
  if (taught !== null) inputs.teacherLogits = taught
  const fillAligned = alignment && alignedFiller(teacherLogits as Uint16Array, alignment, positions, batchSize)
  return (places: Int32Array, step: number, view: number): Record<string, Values> => {
    gather(data.train, places, view, images, labels)
    gatherMixtures?.(places, view, partnerLabels, shares)
    if (teacherLogits !== null && taught !== null) {
      const ofView = teacherLogits.subarray(view * viewLength, (view + 1) * viewLength)
      if (ofView instanceof Float32Array) gatherRows(ofView, width, places, taught)
      else gatherHalves(ofView, width, places, taught)
    }
    if (fillAligned !== null) Object.assign(inputs, fillAligned(places))
    drawMasks(step)
    return inputs
  }
}

/** Zeros at positions without logits, which count for nothing. */
function alignedFiller(table: Uint16Array, { rows, classes }: LogitsAlignment, positions: number, batchSize: number) {
  const teacherLogits = new Float32Array(batchSize * positions * classes)
  const aligned = new Float32Array(batchSize * positions)
  return (places: Int32Array) => {
    for (const [place, sample] of places.entries()) {
      for (let at = 0; at < positions; at++) {
        const row = rows[sample * positions + at] as number
        const to = place * positions + at
        aligned[to] = row < 0 ? 0 : 1
        const out = teacherLogits.subarray(to * classes, (to + 1) * classes)
        if (row < 0) out.fill(0)
        else fromHalves(table.subarray(row * classes, (row + 1) * classes), out)
      }
    }
    return { teacherLogits, aligned }
  }
}

/** Arrays for dropout's masks by the names of the step's inputs, and what draws them anew. */
export function maskDrawer({ masks, batchSize, seed }: Pick<BatchSource, 'masks' | 'batchSize' | 'seed'>) {
  const drawn = masks.map((mask) => ({ mask, values: new Float32Array(batchSize * maskSize(mask)) }))
  return {
    inputs: Object.fromEntries(drawn.map(({ mask, values }) => [maskInput(mask.name), values])) as Record<
      string,
      Values
    >,
    drawMasks(step: number): void {
      for (const { mask, values } of drawn) fillMask(values, mask, seed, step)
    },
  }
}

function gatherHalves(table: Uint16Array, width: number, rows: Int32Array, out: Float32Array): void {
  for (const [place, row] of rows.entries()) {
    fromHalves(table.subarray(row * width, (row + 1) * width), out.subarray(place * width, (place + 1) * width))
  }
}
