// The loop over epochs and steps: from a checkpoint, or from the start, to the weights that are kept.
import type { TrialEvent } from '@retort/schema/messages'
import type { EpochRecord } from '@retort/schema/metrics'
import type { TrialConfig } from '@retort/schema/trial'
import type { TrialId } from '@retort/schema/trialId'
import { type Data, noClass } from '../data/data.ts'
import { dropoutMasks } from '../zoo/dropout.ts'
import { epochOrder, type LogitsAlignment, viewOfEpoch } from './batches.ts'
import { type Checkpoint, type PartialSums, writeCheckpoint } from './checkpoint.ts'
import { logitsOf, scoreOf } from './evaluate.ts'
import { PredictionShortage } from './failure.ts'
import type { Table } from './halves.ts'
import { optimizerOf } from './optimizers/optimizers.ts'
import type { Pace } from './pace.ts'
import { type Course, learningRateAt } from './schedules.ts'
import { scalarInputs } from './steps.ts'
import { teachingInputs } from './teaching.ts'
import type { Workbench } from './workbench.ts'

/** The line to the orchestrator. */
export interface Channel {
  emit(event: TrialEvent): void
  stopRequested(): boolean
}

export interface Training {
  trial: TrialId
  config: TrialConfig
  data: Data
  workbench: Workbench
  /** Of each view over the whole training file, [views, samples, ...labelShape, classes]; null without a teacher. */
  teacherLogits: Table | null
  /** Where the teacher's tokens are others than the data's; else null. */
  alignment: LogitsAlignment | null
  /** The checkpoint's file, and what stands in it. */
  checkpoint: string
  resume: Checkpoint | null
  /** When it is written, apart from a stop. */
  pace: Pace
  channel: Channel
  /** Called often; tells the orchestrator that the trial lives. */
  progress: (epoch: number, step: number) => void
}

export type Trained =
  /** `validationLogits` of the weights it ended with, where they were computed on the way. */
  | { ended: 'trained'; kept: EpochRecord; validationLogits: Float32Array | null; trainSeconds: number }
  | { ended: 'interrupted' }
  | { ended: 'diverged'; epoch: number; step: number; reason: string }

type Diverged = Extract<Trained, { ended: 'diverged' }>

/** Where a training stands: what a checkpoint keeps besides the weights. */
type State = Omit<Checkpoint, 'trial' | 'batchSize' | 'variables'>

const noSums = (): PartialSums => ({ loss: 0, hard: 0, soft: 0, seconds: 0 })

export async function train(training: Training): Promise<Trained> {
  const { trial, config, data, workbench, resume, pace, channel } = training
  if (data.train.labels.includes(noClass))
    throw new Error('expected a class of every position to learn, got none of some')
  const { epochs, batchSize, optimizer, schedule, keep } = config.training
  const stepsPerEpoch = stepsOf(data, batchSize)
  const course: Course = { schedule, learningRate: optimizer.learningRate, stepsPerEpoch, epochs }
  const state: State = resume ?? { records: [], step: 0, sums: noSums(), trainSeconds: 0, best: null }
  for (const record of state.records) channel.emit({ type: 'epoch', record })
  if (resume === null) await workbench.reset(config.seed)
  else await workbench.assign(resume.variables)
  // A trial that failed may have left some.
  await workbench.train.losses()
  const save = async () => {
    const start = performance.now()
    const { records, step, sums, trainSeconds, best } = state
    const variables = await workbench.values()
    const where = { records, step, sums, trainSeconds, best }
    await writeCheckpoint(training.checkpoint, { trial, batchSize, variables, ...where })
    pace.wrote(performance.now() - start)
  }
  let validationLogits: Float32Array | null = null

  const takeSteps = stepTaker(training, course)
  while (state.records.length < epochs) {
    const epoch = state.records.length + 1
    const order = epochOrder(data.train.indices, config.seed, epoch)
    while (state.step < stepsPerEpoch) {
      if (channel.stopRequested()) {
        await save()
        return { ended: 'interrupted' }
      }
      const diverged = await takeSteps(state, epoch, order)
      if (diverged !== null) return diverged
      training.progress(epoch, state.step)
    }
    const validated = await validate(training, epoch, stepsPerEpoch).catch(async (error: unknown) => {
      // An attempt that predicts fewer samples at once need not train the epoch again, unless memory is too short to save.
      if (error instanceof PredictionShortage) await save().catch(() => {})
      throw error
    })
    if ('ended' in validated) return validated
    validationLogits = validated.logits
    const record = recordOf(state.sums, { epoch, stepsPerEpoch, batchSize, taught: training.teacherLogits !== null })
    state.records.push({
      ...record,
      ...validated.scores,
      learningRate: learningRateAt(course, epoch * stepsPerEpoch - 1),
    })
    state.step = 0
    state.sums = noSums()
    if (keep === 'best') await keepBest(state, workbench)
    // The last epoch's is no exception: what follows takes the weights from memory.
    if (pace.due(epoch)) await save()
    channel.emit({ type: 'epoch', record: state.records.at(-1)! })
  }
  const { records, trainSeconds, best } = state
  if (best === null) return { ended: 'trained', kept: records.at(-1)!, validationLogits, trainSeconds }
  const slots = (await workbench.values()).slice(best.weights.length)
  await workbench.assign([...best.weights, ...slots])
  return { ended: 'trained', kept: records[best.epoch - 1]!, validationLogits: null, trainSeconds }
}

/** After an epoch: its weights, where its validation accuracy is above all before it. */
async function keepBest(state: State, workbench: Workbench): Promise<void> {
  const { validationAccuracy, epoch } = state.records.at(-1)!
  if (state.best !== null && validationAccuracy <= state.records[state.best.epoch - 1]!.validationAccuracy) return
  state.best = { epoch, weights: (await workbench.values()).slice(0, workbench.model.weights.length) }
}

/**
 * @returns a function that takes the next steps of an epoch, as many as their losses are read at once, and counts them
 * or says that the loss diverged
 */
function stepTaker({ config, data, workbench, teacherLogits, alignment }: Training, course: Course) {
  const { seed } = config
  const { batchSize, optimizer: settings } = config.training
  const optimizer = optimizerOf(settings)
  const { train } = workbench
  const masks = dropoutMasks(workbench.model)
  const fill = workbench.filler({ data, batchSize, seed, masks, teacherLogits, alignment })
  const takeStep = async (step: number, epoch: number, order: Int32Array): Promise<void> => {
    const overall = (epoch - 1) * course.stepsPerEpoch + step
    const teaching = teachingInputs(config.distillation, epoch, course.epochs)
    const places = order.subarray(step * batchSize, (step + 1) * batchSize)
    const inputs = { ...fill(places, overall, viewOfEpoch(data, epoch)), ...teaching }
    const scalars = optimizer.scalars(settings, learningRateAt(course, overall), overall + 1)
    for (const [name, value] of Object.entries(scalarInputs(scalars))) inputs[name] = Float32Array.of(value)
    await train.run(inputs)
  }
  return async (state: State, epoch: number, order: Int32Array): Promise<Diverged | null> => {
    const start = performance.now()
    const { step: first, sums } = state
    const end = Math.min(first + train.readEvery, course.stepsPerEpoch)
    while (state.step < end) await takeStep(state.step++, epoch, order)
    const losses = await train.losses()
    if (!Number.isFinite(losses.loss)) {
      const which =
        end === first + 1 ? `the loss of step ${end}` : `the sum of the losses of steps ${first + 1} to ${end}`
      const reason = `${which} of epoch ${epoch} is ${losses.loss}`
      return { ended: 'diverged', epoch, step: end, reason }
    }
    const seconds = (performance.now() - start) / 1000
    sums.loss += losses.loss
    sums.hard += losses.hard
    sums.soft += losses.soft
    sums.seconds += seconds
    state.trainSeconds += seconds
    return null
  }
}

interface Validation {
  scores: Pick<EpochRecord, 'validationLoss' | 'validationAccuracy'>
  logits: Float32Array
}

/** The last update of an epoch may spoil the weights without any training loss to show it. */
async function validate(training: Training, epoch: number, step: number): Promise<Validation | Diverged> {
  const { data, workbench } = training
  const logits = await logitsOf(workbench, data, data.validation, () => training.progress(epoch, step))
  const { loss, accuracy } = scoreOf(logits, data.validation, data.classes)
  if (Number.isFinite(loss)) return { scores: { validationLoss: loss, validationAccuracy: accuracy }, logits }
  return { ended: 'diverged', epoch, step, reason: `the validation loss after epoch ${epoch} is ${loss}` }
}

interface Epoch {
  epoch: number
  stepsPerEpoch: number
  batchSize: number
  taught: boolean
}

function recordOf(sums: PartialSums, { epoch, stepsPerEpoch, batchSize, taught }: Epoch) {
  return {
    epoch,
    trainLoss: sums.loss / stepsPerEpoch,
    hardLoss: sums.hard / stepsPerEpoch,
    softLoss: taught ? sums.soft / stepsPerEpoch : null,
    seconds: sums.seconds,
    imagesPerSecond: (stepsPerEpoch * batchSize) / sums.seconds,
  }
}

/** The last, smaller batch of an epoch is left out. */
export function stepsOf(data: Data, batchSize: number): number {
  const samples = data.train.indices.length
  if (samples < batchSize) {
    throw new Error(`training.batchSize: expected at most the training split's ${samples} samples, got ${batchSize}`)
  }
  return Math.floor(samples / batchSize)
}
