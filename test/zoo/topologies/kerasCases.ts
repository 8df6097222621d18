// Layers, settings and whole files of Keras with what Keras gives for them, as kerasValues.test.ts says.
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { expect } from 'vitest'
import type { Step } from '../../../orchestrator/src/engine/engine.ts'
import { buildModel } from '../../../orchestrator/src/zoo/buildModel.ts'
import { architectureOf, layer, sequential } from './build.ts'
import wholeModels from './kerasModels.json' with { type: 'json' }
import cases from './kerasValues.json' with { type: 'json' }

type Config = Record<string, unknown>
type Written = [type: string, config: Config]

export interface Case {
  name: string
  shape: number[]
  /** Whether samples are token ids. */
  tokens: boolean
  /** Steps of samples that are zeros, as [sample, step]. */
  masked?: [number, number][]
  parameters: number
  outputs: number[]
  gradients: number[]
  /** A file's content. */
  model: unknown
}

interface Chain extends Omit<Case, 'model'> {
  keras: number
  layers: Written[]
}

/** What Keras writes where nothing was said. */
const defaults: Record<string, Config> = {
  GRU: { reset_after: true, recurrent_activation: 'sigmoid' },
  LSTM: { recurrent_activation: 'sigmoid' },
}

const withDefaults = ([type, config]: Written): Config => {
  const own = { ...defaults[type], ...config }
  for (const inner of ['layer', 'activation']) {
    if (Array.isArray(own[inner])) own[inner] = withDefaults(own[inner] as Written)
  }
  return layer(type, own)
}

const chains = (cases as unknown as Chain[]).map(({ keras, layers, ...each }): Case => {
  const content = sequential(each.shape, ...layers.map(withDefaults))
  return { ...each, model: { ...content, keras_version: keras === 2 ? '2.15.0' : '3.15.0' } }
})
export const all: Case[] = [...chains, ...(wholeModels as unknown as Case[])]

/** With the weights with which Keras has computed it. */
export function modelOf({ model: content, shape, tokens }: Case): LayersModel {
  const model = buildModel(architectureOf(content), shape, 3, 1, tokens ? 9 : null)
  for (const [index, weight] of model.trainableWeights.entries()) {
    const values = Float32Array.from(
      { length: tf.util.sizeFromShape(weight.shape as number[]) },
      (_, i) => Math.sin(1.3 * (i + 1) + 0.7 * (index + 1)) / 2,
    )
    tf.tidy(() => void weight.write(tf.tensor(values, weight.shape as number[])))
  }
  return model
}

const tokenIds = [0, 3, 8, 0, 5, 2, 0, 0, 0, 0, 1, 2, 3, 4, 5]

export function samplesOf({ shape, tokens, masked = [] }: Case): Float32Array | Int32Array {
  if (tokens) return Int32Array.from(tokenIds)
  const samples = Float32Array.from({ length: 3 * tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(0.9 * (i + 1)))
  const [steps, width] = shape as [number, number]
  for (const [sample, step] of masked)
    samples.fill(0, (sample * steps + step) * width, (sample * steps + step + 1) * width)
  return samples
}

const waves = (length: number, frequency: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.cos(frequency * (i + 1)))

/** Outputs and the numbers of the gradients. */
export const stepOf =
  (model: LayersModel): Step =>
  ({ samples }) => {
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable)
    const outputs = () => model.apply(samples!, { training: false }) as tf.Tensor
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.mul(outputs(), tf.tensor(waves(9, 0.37), [3, 3]))) as tf.Scalar,
      variables,
    )
    const gradients = variables.map(({ name, size }) =>
      tf.sum(tf.mul(tf.reshape(grads[name]!, [size]), tf.tensor(waves(size, 0.11)))),
    )
    return { outputs: outputs(), gradients: tf.stack(gradients) }
  }

export const close = (values: ArrayLike<number>, right: number[]) =>
  expect(Array.from(values)).toEqual(right.map((value) => expect.closeTo(value, 4 - Math.log10(1 + Math.abs(value)))))
