// Where the time of a model's training steps goes: real steps on its data, first as they are, then with the profiler.
import type { RanOn } from '@retort/schema/messages'
import type { ProfileRequest, ProfileResult } from '@retort/schema/questions'
import { transferSet } from '../data/transferSet.ts'
import type { OperatorTime } from '../engine/engine.ts'
import { dataOf, feeder, timed } from './timedSteps.ts'
import { draw } from './workbench.ts'
import { workbenchRequest } from './workbenchRequest.ts'
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
    const unprofiled = feed.lossStep(plain.run, dataOf)
    const times = await timed(unprofiled, given, {
      warms: (run) => run < warming,
      goesOn: ({ length }) => length * unprofiled.readEvery < steps,
    }).finally(plain.dispose)
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
