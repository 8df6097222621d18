// Learning rates as functions of the step: one line for each schedule.
import type { ResolvedSchedule } from '@retort/schema/trial'

interface Place {
  /** Among the `steps` after the warm-up. */
  step: number
  steps: number
  /** How many epochs have passed, the warm-up's included. */
  epochs: number
}

/** The rate as a share of the highest, over the steps after the warm-up. */
type Shape<S> = (schedule: S, place: Place) => number

const schedules: { [K in ResolvedSchedule['type']]: Shape<Extract<ResolvedSchedule, { type: K }>> } = {
  constant: () => 1,
  // Reaches finalFraction at the last step.
  cosine: ({ finalFraction }, { step, steps }) =>
    finalFraction + ((1 - finalFraction) * (1 + Math.cos((Math.PI * step) / Math.max(1, steps - 1)))) / 2,
  step: ({ milestones, factor }, { epochs }) => factor ** milestones.filter((milestone) => milestone <= epochs).length,
}

export interface Course {
  schedule: ResolvedSchedule
  /** The highest rate. */
  learningRate: number
  stepsPerEpoch: number
  epochs: number
}

/**
 * The learning rate of a step.
 * @param step from 0, over the whole training
 */
export function learningRateAt({ schedule, learningRate, stepsPerEpoch, epochs }: Course, step: number): number {
  const warmup = Math.round(schedule.warmupEpochs * stepsPerEpoch)
  if (step < warmup) return (learningRate * (step + 1)) / warmup
  const shape = schedules[schedule.type] as Shape<ResolvedSchedule>
  const place = {
    step: step - warmup,
    steps: stepsPerEpoch * epochs - warmup,
    epochs: Math.floor(step / stepsPerEpoch),
  }
  return learningRate * shape(schedule, place)
}
