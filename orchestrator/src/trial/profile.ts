// Where the time of a model's training steps goes: real steps on its data, first as they are, then with the profiler.
import type { RanOn } from '@retort/schema/messages'
import type { ProfileRequest, ProfileResult } from '@retort/schema/questions'
import type { Variable } from '@tensorflow/tfjs-core'
import { type Data, sizeOf } from '../data/data.ts'
import { transferSet } from '../data/transferSet.ts'
import type { OperatorTime, Values } from '../engine/engine.ts'
import { dropoutMasks } from '../zoo/dropout.ts'
import { epochOrder } from './batches.ts'
import type { LossStep } from './feed.ts'
import { optimizerOf } from './optimizers/optimizers.ts'
import { learningRateAt } from './schedules.ts'
import { scalarInputs } from './steps.ts'
import { teachingInputs } from './teaching.ts'
import { stepsOf } from './train.ts'
import { type Drawing, draw, workbenchRequest } from './workbench.ts'
import type { Workshop } from './workshop.ts'

/** The first steps pay for memory and caches. */
const warming = 3

/** @throws Error where the engine cannot time its operators */
export async function profile(request: ProfileRequest, workshop: Workshop): Promise<ProfileResult> {
  const { config, teacher, teachersText, placement, steps } = request
  const teacherClasses = teachersText ? (await workshop.data(teachersText)).classes : null
  const data = transferSet(await workshop.data(config.dataset), config.training.omitClasses)
  const engine = await workshop.engine(placement)
  if (engine.profile === null)
    throw new Error(`engine ${engine.name} tells no times of its operators on ${engine.device}`)
  const drawing = draw(workbenchRequest(config, teacher, data, teacherClasses), engine)
  const { feed, reset } = drawing
  const { step, inputs } = feed.program
  try {
    reset(config.seed)
    const given = feeder(config, data, drawing, teacherClasses)
    const start = performance.now()
    const plain = await engine.compile(step, inputs)
    const compileSeconds = (performance.now() - start) / 1000
    const times = await timed(feed.lossStep(plain.run, dataOf), given, steps).finally(plain.dispose)
    const profiled = await engine.profile(step, inputs)
    const train = feed.lossStep(profiled.run, dataOf)
    for (let run = 0; run < warming; run++) await train.run(given(run))
    profiled.restart()
    for (let run = 0; run < steps; run++) await train.run(given(warming + run))
    const operators = await profiled.end()
    const { name, device, threads, versions } = engine
    const ranOn: RanOn = { engine: name, device, threads, versions: { node: process.versions.node, ...versions } }
    const stepMilliseconds = times.sort((one, other) => one - other)[times.length >> 1]!
    const { batchSize } = config.training
    const imagesPerSecond = (1000 * batchSize) / stepMilliseconds
    return { ranOn, batchSize, steps, compileSeconds, stepMilliseconds, imagesPerSecond, ...sharesOf(operators) }
  } finally {
    drawing.dispose()
  }
}

const dataOf = (variable: Variable) => variable.data<'float32'>()

/** Milliseconds of a step, the filling of its batch included, several times: of as many steps as are waited for at once. */
async function timed(train: LossStep, given: (step: number) => Record<string, Values>, steps: number) {
  const times: number[] = []
  for (let run = 0; run < warming; run++) await train.run(given(run))
  await train.losses()
  for (let run = 0; run < steps; run += train.readEvery) {
    const start = performance.now()
    for (let next = 0; next < train.readEvery; next++) await train.run(given(warming + run + next))
    await train.losses()
    times.push((performance.now() - start) / train.readEvery)
  }
  return times
}

/** Inputs of a step as training gives them, but for the teacher's logits: no teacher needs to be trained to time it. */
function feeder(
  { training, seed, distillation }: ProfileRequest['config'],
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

function sharesOf(times: OperatorTime[]): Pick<ProfileResult, 'operators'> {
  const total = times.reduce((sum, { microseconds }) => sum + microseconds, 0)
  const operators = times
    .sort((one, other) => other.microseconds - one.microseconds)
    .map(({ operator, variable, inputs, outputs, provider, microseconds }) => {
      // stage1_block1_conv1/kernel_1 is a weight of layer stage1_block1_conv1.
      const layer = variable === null ? null : variable.slice(0, variable.lastIndexOf('/'))
      const milliseconds = microseconds / 1000
      return { operator, layer, inputs, outputs, provider, milliseconds, share: microseconds / Math.max(1, total) }
    })
  return { operators }
}
