// The two programs that a trial runs again and again, written in TensorFlow.js: one step of training, and a forward
// pass. Both engines take them as they are.

import type { ResolvedLabelLoss, ResolvedObjective } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { sizeOf } from '../data/data.ts'
import type { Signature, Step } from '../engine/engine.ts'
import { lossOf } from '../objectives/loss.ts'
import { dropoutMasks } from '../zoo/dropout.ts'
import type { OnlineTeacher } from './onlineTeacher.ts'
import type { Update } from './optimizers/optimizer.ts'

/** Weights that are updated as one, their elements one after the other, with what the optimizer remembers of them. */
export interface Trained {
  weights: tf.Variable[]
  /** Of the weight's shape where there is one, else lists. */
  slots: Record<string, tf.Variable>
  decays: boolean
}

export interface TrainingProgram {
  model: LayersModel
  trained: Trained[]
  labelLoss: ResolvedLabelLoss
  /** Null without a teacher. */
  objective: ResolvedObjective[] | null
  /** Null where no objective compares features. */
  online: OnlineTeacher | null
  /** Whether samples are blended with others; by default they are not. */
  mixed?: boolean
  update: (update: Update) => tf.Tensor
  /** Names of the optimizer's scalars. */
  scalars: string[]
  batchSize: number
  /** Of one sample's labels. */
  labelShape: number[]
  classes: number
  /** Of a teacher whose tokens are others. */
  teacherClasses?: number | null
}

export interface Program {
  step: Step
  inputs: Record<string, Signature>
}

const scalar: Signature = { shape: [], dtype: 'float32' }
const scalarInput = (name: string) => `optimizer_${name}`
const teachingScalars = ['temperature', 'hardWeight', 'softWeight'] as const

/** The input of an objective's own weight, by its place among the terms. */
export const termWeightInput = (term: number | '') => `termWeight_${term}`

/** An optimizer's scalars under the names of the step's inputs. */
export function scalarInputs(scalars: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [scalarInput(name), value]))
}

/** The input of a dropout layer's mask. */
export const maskInput = (layer: string) => `mask_${layer}`
export const isMask = (input: string): boolean => input.startsWith(maskInput(''))

/** Names of what a step reads of its batch: all but what the optimizer and the teaching have of a trial. */
export const batchInputs = (inputs: Program['inputs']): string[] =>
  Object.keys(inputs).filter(
    (name) =>
      !name.startsWith(scalarInput('')) &&
      !name.startsWith(termWeightInput('')) &&
      !(teachingScalars as readonly string[]).includes(name),
  )

/**
 * Forward, loss, gradients, update. Outputs `loss`, and with a teacher its parts `hard` and `soft`: scalars.
 * Inputs: images, which may be other samples, such as token ids, too; labels; partnerLabels and shares, [batch], where
 * samples are blended; with a teacher teacherLogits, temperature, hardWeight, softWeight, each term's weight, and aligned
 * where its tokens are others; the optimizer's scalars; one mask for each dropout layer. Where positions have labels each of them counts
 * as a sample does elsewhere, so that the loss is a mean over the batch's positions.
 */
export function trainingProgram(program: TrainingProgram): Program {
  const { model, trained, labelLoss, objective, online, mixed = false } = program
  const { update, scalars, batchSize, labelShape, classes, teacherClasses = null } = program
  const masks = dropoutMasks(model)
  const inputs: Record<string, Signature> = {
    images: imagesOf(model, batchSize),
    labels: { shape: [batchSize, ...labelShape], dtype: 'int32' },
  }
  if (mixed) {
    inputs.partnerLabels = { shape: [batchSize], dtype: 'int32' }
    inputs.shares = { shape: [batchSize], dtype: 'float32' }
  }
  for (const name of scalars) inputs[scalarInput(name)] = scalar
  for (const { name, shape } of masks) inputs[maskInput(name)] = { shape: [batchSize, ...shape], dtype: 'float32' }
  if (objective !== null) {
    inputs.teacherLogits = { shape: [batchSize, ...labelShape, teacherClasses ?? classes], dtype: 'float32' }
    if (teacherClasses !== null) inputs.aligned = { shape: [batchSize, ...labelShape], dtype: 'float32' }
    for (const name of [...teachingScalars, ...objective.map((_, term) => termWeightInput(term))]) inputs[name] = scalar
  }

  const rows = batchSize * sizeOf(labelShape)
  const labelRows = (labels: tf.Tensor) => tf.reshape(labels, [rows]) as tf.Tensor1D
  const logitRows = (logits: tf.Tensor) => tf.reshape(logits, [rows, classes]) as tf.Tensor2D

  const step: Step = (given) => {
    const maskTensors = Object.fromEntries(masks.map(({ name }) => [name, given[maskInput(name)]!]))
    const parts: Record<string, tf.Tensor> = {}
    // Before the function that is differentiated, in which it is a constant.
    const teacher = online?.teacher.apply(given.images!, { training: false }).features ?? {}
    const forward = () => {
      const kwargs = { training: true, masks: maskTensors }
      const seen = online?.student.apply(given.images!, kwargs)
      const logits = logitRows(seen?.logits ?? (model.apply(given.images!, kwargs) as tf.Tensor))
      const [partnerLabels, shares] = [given.partnerLabels as tf.Tensor1D, given.shares as tf.Tensor1D]
      const batch = { logits, labels: labelRows(given.labels!), ...(mixed && { mixture: { partnerLabels, shares } }) }
      if (objective === null) return lossOf(labelLoss, batch, null).loss
      const { loss, hard, soft } = lossOf(labelLoss, batch, {
        terms: objective,
        weights: online?.own ?? objective.map(() => []),
        features: { student: seen?.features ?? {}, teacher },
        teacherLogits: tf.reshape(given.teacherLogits!, [rows, teacherClasses ?? classes]),
        aligned: teacherClasses === null ? null : tf.reshape(given.aligned!, [rows]),
        temperature: given.temperature as tf.Scalar,
        hardWeight: given.hardWeight as tf.Scalar,
        softWeight: given.softWeight as tf.Scalar,
        termWeights: objective.map((_, term) => given[termWeightInput(term)] as tf.Scalar),
      })
      // They leave by the side of the function that is differentiated, which may give one scalar only.
      parts.hard = tf.keep(hard)
      parts.soft = tf.keep(soft!)
      return loss
    }
    const { value, grads } = tf.variableGrads(
      forward,
      trained.flatMap(({ weights }) => weights),
    )
    const optimizerScalars = Object.fromEntries(scalars.map((name) => [name, given[scalarInput(name)]!]))
    for (const { weights, slots, decays } of trained) {
      const gradient = joined(weights.map(({ name }) => grads[name]!))
      assign(weights, update({ weight: joined(weights), gradient, slots, scalars: optimizerScalars, decays }))
    }
    return { loss: value, ...parts }
  }
  return { step, inputs }
}

function joined(tensors: tf.Tensor[]): tf.Tensor {
  return tensors.length === 1 ? tensors[0]! : tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1])))
}

/** @param next the values of all, joined */
function assign(weights: tf.Variable[], next: tf.Tensor): void {
  if (weights.length === 1) {
    weights[0]!.assign(next)
    return
  }
  const parts = tf.split(
    next,
    weights.map(({ size }) => size),
  )
  for (const [place, weight] of weights.entries()) weight.assign(tf.reshape(parts[place]!, weight.shape))
}

/** Images, or other samples, [batch, …] to `logits` [batch, ...labelShape, classes]. */
export function predictionProgram(model: LayersModel, batchSize: number): Program {
  return {
    step: ({ images }) => ({ logits: model.apply(images!, { training: false }) as tf.Tensor }),
    inputs: { images: imagesOf(model, batchSize) },
  }
}

/** What a model reads: float32, or int32 for token ids. */
function imagesOf({ inputs }: LayersModel, batchSize: number): Signature {
  const { shape, dtype } = inputs[0]!
  return { shape: [batchSize, ...(shape.slice(1) as number[])], dtype: dtype as Signature['dtype'] }
}
