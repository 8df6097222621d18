// What goes into a training step: whose turn it is, and the arrays that carry a batch there, which are filled anew
// for each step.
import { type Data, sizeOf } from '../data/data.ts'
import { gatherer, gatherRows } from '../data/gather.ts'
import { permutation, stream } from '../data/random.ts'
import type { Values } from '../engine/engine.ts'
import { type DropoutMask, maskSize } from '../zoo/dropout.ts'
import { maskInput } from './steps.ts'

/** The training samples in the order of an epoch, as places in the training file. */
export function epochOrder(indices: Int32Array, seed: number, epoch: number): Int32Array {
  return permutation(indices.length, stream('shuffle', seed, epoch)).map((place) => indices[place] as number)
}

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
  /** Over the whole training file, [samples, classes]; null without a teacher. */
  teacherLogits: Float32Array | null
}

/**
 * @returns a function that fills the arrays with the samples at the given places of the training file, and draws
 * the dropout of the step (counted from 0 over the whole training)
 */
export function batchFiller({ data, batchSize, seed, masks, teacherLogits }: BatchSource) {
  const gather = gatherer(data)
  const images = new Float32Array(batchSize * sizeOf(data.inputShape))
  const labels = new Int32Array(batchSize)
  const inputs: Record<string, Values> = { images, labels }
  const drawn = masks.map((mask) => ({ mask, values: new Float32Array(batchSize * maskSize(mask)) }))
  for (const { mask, values } of drawn) inputs[maskInput(mask.name)] = values
  const taught = teacherLogits === null ? null : new Float32Array(batchSize * data.classes)
  if (taught !== null) inputs.teacherLogits = taught
  return (places: Int32Array, step: number): Record<string, Values> => {
    gather(data.train, places, images, labels)
    if (teacherLogits !== null && taught !== null) gatherRows(teacherLogits, data.classes, places, taught)
    for (const { mask, values } of drawn) fillMask(values, mask, seed, step)
    return inputs
  }
}
