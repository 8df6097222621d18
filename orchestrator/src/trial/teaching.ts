// Temperature and loss weights of an epoch, which are inputs of the training step.
import type { Course, Distillation } from '@retort/schema/trial'
import type { Values } from '../engine/engine.ts'
import { termWeightInput } from './steps.ts'

/** How much of the way is behind, from 0 in the first epoch to 1 in the last: one line for each shape. */
const shapes: { [K in Exclude<Course['shape'], object>]: (share: number) => number } = {
  linear: (share) => share,
  cosine: (share) => (1 - Math.cos(Math.PI * share)) / 2,
}

/**
 * The value in an epoch.
 * @param epoch from 1 to `epochs`; a single epoch is the first
 */
export function valueAt(value: number | Course, epoch: number, epochs: number): number {
  if (typeof value === 'number') return value
  const { from, to, shape } = value
  if (typeof shape === 'object') return epoch <= epochsBefore(shape.at, epochs) ? from : to
  return from + (to - from) * shapes[shape]((epoch - 1) / Math.max(1, epochs - 1))
}

/** At least one epoch has each value, where there are two. */
const epochsBefore = (share: number, epochs: number): number =>
  Math.max(1, Math.min(epochs - 1, Math.round(share * epochs)))

/** Inputs of the step for an epoch; none without a teacher. */
export function teachingInputs(
  distillation: Distillation | null,
  epoch: number,
  epochs: number,
): Record<string, Values> {
  if (distillation === null) return {}
  const { temperature, weights, objective } = distillation
  const at = (value: number | Course) => Float32Array.of(valueAt(value, epoch, epochs))
  // Without a temperature no objective reads it.
  return {
    temperature: at(temperature ?? 1),
    hardWeight: at(weights.hard),
    softWeight: at(weights.soft),
    ...Object.fromEntries(objective.map(({ weight }, term) => [termWeightInput(term), at(weight)])),
  }
}
