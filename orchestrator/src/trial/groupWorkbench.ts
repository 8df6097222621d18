// Workbenches for trials that run as one group: each member has one of its own, and all steps of all members are one.
import type * as tf from '@tensorflow/tfjs-core'
import type { Engine } from '../engine/engine.ts'
import type { BatchSource, batchFiller } from './batches.ts'
import { createRendezvous, type MeetingStep } from './rendezvous.ts'
import type { Program } from './steps.ts'
import { assignParts, draw, setValues, valuesOf, type Workbench } from './workbench.ts'
import type { WorkbenchRequest } from './workbenchRequest.ts'

export interface GroupRequest extends WorkbenchRequest {
  members: number
  /** Whether all members see the same batches in the same order. */
  sameSeed: boolean
}

export interface GroupWorkbench {
  members: Workbench[]
  /** A member has ended: the others go on without it. */
  leave(member: number): void
  dispose(): void
}

/** @throws Error when the engine has no groups, or an operator of the model has no form for them */
export async function openGroupWorkbench(engine: Engine, request: GroupRequest): Promise<GroupWorkbench> {
  if (engine.openGroup === null) throw new Error(`the ${engine.name} engine runs no groups of trials`)
  const drawing = draw(request, engine)
  const { model, variables, common, parts, online, feed, prediction, predictBatch, reset, dispose } = drawing
  const group = engine.openGroup(request.members)
  const meeting = async ({ step, inputs }: Program, shared: string[]): Promise<MeetingStep> => ({
    step: await group.compile(step, inputs, shared, common),
    shared,
  })
  const train = await meeting(feed.program, request.sameSeed ? feed.batchInputs : [])
  const predict = await meeting(prediction, ['images'])
  const { meet, leave } = createRendezvous(request.members)
  const filler = request.sameSeed ? sharedFiller(feed.filler) : feed.filler
  const alone = oneAtATime()
  const read = (member: number) => async (variable: tf.Variable) => (await group.read(variable, member)) as Float32Array
  const workbenchOf = (member: number): Workbench => ({
    model,
    train: feed.lossStep((inputs) => meet(train, member, inputs), read(member)),
    predict: { run: (inputs) => meet(predict, member, inputs) },
    predictBatch,
    filler,
    reset: (seed) =>
      alone(async () => {
        reset(seed)
        for (const variable of variables) await group.write(variable, member, await variable.data<'float32'>())
      }),
    values: () => valuesOf(parts, read(member)),
    assign: (values) => assignParts(parts, values, (variable, data) => group.write(variable, member, data)),
    // The same for all of them.
    teach: (weights) => online?.assign(weights),
    withWeights: (use) =>
      alone(async () => {
        for (const variable of variables) setValues(variable, await read(member)(variable))
        return use(model)
      }),
  })
  return {
    members: Array.from({ length: request.members }, (_, member) => workbenchOf(member)),
    leave,
    dispose() {
      train.step.dispose()
      predict.step.dispose()
      dispose()
    },
  }
}

/** Fills each step's batch once for all members. */
function sharedFiller(filler: typeof batchFiller): typeof batchFiller {
  let fill: ReturnType<typeof batchFiller> | undefined
  let filled: { step: number; inputs: ReturnType<ReturnType<typeof batchFiller>> } | undefined
  return (source: BatchSource) => {
    fill ??= filler(source)
    return (places, step, view) => {
      if (filled?.step !== step) filled = { step, inputs: fill!(places, step, view) }
      return filled.inputs
    }
  }
}

/** The members share one model, which holds the weights of one of them at a time. */
function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task)
    last = result.catch(() => undefined)
    return result
  }
}
