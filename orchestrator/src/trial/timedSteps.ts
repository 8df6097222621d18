// Training steps taken only to see how long they take: their inputs, and the clock.
import type { TrialConfig } from '@retort/schema/trial'
import type { Variable } from '@tensorflow/tfjs-core'
import { type Data, sizeOf } from '../data/data.ts'
import type { Values } from '../engine/engine.ts'
import { dropoutMasks } from '../zoo/dropout.ts'
import { epochOrder } from './batches.ts'
import type { LossStep } from './feed.ts'
import { optimizerOf } from './optimizers/optimizers.ts'
import { learningRateAt } from './schedules.ts'
import { scalarInputs } from './steps.ts'
import { teachingInputs } from './teaching.ts'
import { stepsOf } from './train.ts'
import type { Drawing } from './workbench.ts'

export const dataOf = (variable: Variable) => variable.data<'float32'>()

/** How long steps are taken. */
export interface Patience {
  /** Whether another step comes before the clock starts, after so many: the first ones pay for memory and caches. */
  warms: (run: number) => boolean
  /** Whether more steps are timed, after those that took so many milliseconds each. */
  goesOn: (times: number[]) => boolean
}

/** Milliseconds of a step, the filling of its batch included, several times: of as many steps as are waited for at once. */
export async function timed(
  train: LossStep,
  given: (step: number) => Record<string, Values>,
  { warms, goesOn }: Patience,
): Promise<number[]> {
  const times: number[] = []
  let run = 0
  for (; warms(run); run++) await train.run(given(run))
  await train.losses()
  while (goesOn(times)) {
    const start = performance.now()
    for (let next = 0; next < train.readEvery; next++, run++) await train.run(given(run))
    await train.losses()
    times.push((performance.now() - start) / train.readEvery)
  }
  return times
}

/** Inputs of a step as training gives them, but for the teacher's logits: no teacher needs to be trained to time it. */
export function feeder(
  { training, seed, distillation }: TrialConfig,
  data: Data,
  { model, feed }: Drawing,
  teacherClasses: number | null,
) {
  const { batchSize, optimizer: settings, schedule, epochs } = training
  const stepsPerEpoch = stepsOf(data, batchSize)
  const positions = data.trainFileSamples * sizeOf(data.labelShape)
  // A row stands for all positions.
  const alignment = teacherClasses === null ? null : { rows: new Int32Array(positions), classes: teacherClasses }
  const untrained = alignment === null ? new Float32Array(positions * data.classes) : new Uint16Array(alignment.classes)
  const teacherLogits = distillation === null ? null : untrained
  const fill = feed.filler({ data, batchSize, seed, masks: dropoutMasks(model), teacherLogits, alignment })
  const order = epochOrder(data.train.indices, seed, 1)
  const teaching = teachingInputs(distillation, 1, epochs)
  return (step: number): Record<string, Values> => {
    const place = step % stepsPerEpoch
    const inputs = fill(order.subarray(place * batchSize, (place + 1) * batchSize), step, 0)
    const course = { schedule, learningRate: settings.learningRate, stepsPerEpoch, epochs }
    const scalars = optimizerOf(settings).scalars(settings, learningRateAt(course, step), step + 1)
    const values = Object.entries(scalarInputs(scalars))
    return {
      ...inputs,
      ...teaching,
      ...Object.fromEntries(values.map(([name, value]) => [name, Float32Array.of(value)])),
    }
  }
}
