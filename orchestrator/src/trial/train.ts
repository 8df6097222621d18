// The loop over epochs and steps: from a checkpoint, or from the start, to the last epoch's weights.
import type { EpochRecord, TrialConfig, TrialEvent, TrialId } from '@retort/schema/trial'
import { tensor, tidy, type Variable } from '@tensorflow/tfjs-core'
import type { Data } from '../data/data.ts'
import type { Values } from '../engine/engine.ts'
import { dropoutMasks } from '../zoo/dropout.ts'
import { batchFiller, epochOrder } from './batches.ts'
import type { Bench } from './bench.ts'
import { type Checkpoint, type PartialSums, writeCheckpoint } from './checkpoint.ts'
import { logitsOf, scoreOf } from './evaluate.ts'
import { optimizerOf } from './optimizers/optimizers.ts'
import { type Course, learningRateAt } from './schedules.ts'
import { scalarInputs } from './steps.ts'

/** The line to the orchestrator. */
export interface Channel {
  emit(event: TrialEvent): void
  stopRequested(): boolean
}

export interface Training {
  trial: TrialId
  config: TrialConfig
  data: Data
  bench: Bench
  /** Over the whole training file, [samples, classes]; null without a teacher. */
  teacherLogits: Float32Array | null
  /** The checkpoint's file, and what stands in it. */
  checkpoint: string
  resume: Checkpoint | null
  channel: Channel
  /** Called often; tells the orchestrator that the trial lives. */
  progress: (epoch: number, step: number) => void
}

export type Trained =
  | { ended: 'trained'; records: EpochRecord[]; trainSeconds: number }
  | { ended: 'interrupted' }
  | { ended: 'diverged'; epoch: number; step: number; reason: string }

const noSums = (): PartialSums => ({ loss: 0, hard: 0, soft: 0, seconds: 0 })

export async function train(training: Training): Promise<Trained> {
  const { trial, config, data, bench, teacherLogits, resume, channel } = training
  const { epochs, batchSize, optimizer: settings, schedule } = config.training
  const stepsPerEpoch = stepsOf(data, batchSize)
  const course: Course = { schedule, learningRate: settings.learningRate, stepsPerEpoch, epochs }
  const records = resume?.records ?? []
  let step = resume?.step ?? 0
  let sums = resume?.sums ?? noSums()
  let trainSeconds = resume?.trainSeconds ?? 0
  for (const record of records) channel.emit({ type: 'epoch', record })
  if (resume === null) bench.reset(config.seed)
  else assign(bench.variables, resume.variables)

  const optimizer = optimizerOf(settings)
  const masks = dropoutMasks(bench.model)
  const fill = batchFiller({ data, batchSize, seed: config.seed, masks, teacherLogits })
  const constants = teachingInputs(config)
  const save = async () => {
    const variables = await valuesOf(bench.variables)
    await writeCheckpoint(training.checkpoint, { trial, variables, records, step, sums, trainSeconds })
  }

  while (records.length < epochs) {
    const epoch = records.length + 1
    const order = epochOrder(data.train.indices, config.seed, epoch)
    while (step < stepsPerEpoch) {
      if (channel.stopRequested()) {
        await save()
        return { ended: 'interrupted' }
      }
      const start = performance.now()
      const overall = (epoch - 1) * stepsPerEpoch + step
      const scalars = optimizer.scalars(settings, learningRateAt(course, overall), overall + 1)
      const inputs = { ...fill(order.subarray(step * batchSize, (step + 1) * batchSize), overall), ...constants }
      for (const [name, value] of Object.entries(scalarInputs(scalars))) inputs[name] = Float32Array.of(value)
      const outputs = await bench.train.run(inputs)
      const loss = outputs.loss![0]!
      if (!Number.isFinite(loss)) {
        return { ended: 'diverged', epoch, step: step + 1, reason: `the loss of step ${step + 1} of epoch ${epoch} is ${loss}` }
      }
      const seconds = (performance.now() - start) / 1000
      sums.loss += loss
      sums.hard += (outputs.hard ?? outputs.loss)![0]!
      sums.soft += outputs.soft?.[0] ?? 0
      sums.seconds += seconds
      trainSeconds += seconds
      step++
      training.progress(epoch, step)
    }
    const logits = await logitsOf(bench, data, data.validation, () => training.progress(epoch, stepsPerEpoch))
    const validation = scoreOf(logits, data.validation, data.classes)
    if (!Number.isFinite(validation.loss)) {
      return { ended: 'diverged', epoch, step, reason: `the validation loss after epoch ${epoch} is ${validation.loss}` }
    }
    const record: EpochRecord = {
      epoch,
      trainLoss: sums.loss / stepsPerEpoch,
      hardLoss: sums.hard / stepsPerEpoch,
      softLoss: teacherLogits === null ? null : sums.soft / stepsPerEpoch,
      validationLoss: validation.loss,
      validationAccuracy: validation.accuracy,
      learningRate: learningRateAt(course, epoch * stepsPerEpoch - 1),
      seconds: sums.seconds,
      imagesPerSecond: (stepsPerEpoch * batchSize) / sums.seconds,
    }
    records.push(record)
    step = 0
    sums = noSums()
    await save()
    channel.emit({ type: 'epoch', record })
  }
  return { ended: 'trained', records, trainSeconds }
}

/** The last, smaller batch of an epoch is left out. */
export function stepsOf(data: Data, batchSize: number): number {
  const samples = data.train.indices.length
  if (samples < batchSize) {
    throw new Error(`training.batchSize: expected at most the training split's ${samples} samples, got ${batchSize}`)
  }
  return Math.floor(samples / batchSize)
}

function teachingInputs({ distillation }: TrialConfig): Record<string, Values> {
  if (distillation === null) return {}
  const { temperature, weights } = distillation
  return {
    temperature: Float32Array.of(temperature),
    hardWeight: Float32Array.of(weights.hard),
    softWeight: Float32Array.of(weights.soft),
  }
}

/** Copies, in order. */
export async function valuesOf(variables: Variable[]): Promise<Float32Array[]> {
  return Promise.all(variables.map(async (variable) => Float32Array.from(await variable.data())))
}

function assign(variables: Variable[], values: Float32Array[]): void {
  if (variables.length !== values.length) {
    throw new Error(`the checkpoint: expected ${variables.length} weights and slots, got ${values.length}`)
  }
  for (const [place, variable] of variables.entries()) {
    tidy(() => variable.assign(tensor(values[place]!, variable.shape)))
  }
}
