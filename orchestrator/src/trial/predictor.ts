// A model that only answers: its forward pass, compiled, with the weights that it was given.
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Fitted } from '../data/data.ts'
import type { Engine } from '../engine/engine.ts'
import { predictionProgram } from './steps.ts'
import { predictionBatch, type Workbench } from './workbench.ts'

/** From standardised images, or other samples, to raw logits, a batch at a time. */
export interface Predictor extends Pick<Workbench, 'predict' | 'predictBatch'> {
  dispose(): void | Promise<void>
}

/**
 * @param model built on the engine's backend; it is disposed with the predictor
 * @param atMost so many samples are predicted at once
 */
export async function openPredictor(
  engine: Engine,
  model: LayersModel,
  data: Fitted,
  atMost?: number,
): Promise<Predictor> {
  const predictBatch = predictionBatch(data, atMost)
  const { step, inputs } = predictionProgram(model, predictBatch)
  const predict = await engine.compile(step, inputs)
  return {
    predict,
    predictBatch,
    dispose() {
      predict.dispose()
      model.dispose()
    },
  }
}

/**
 * Sets a model's weights from the bytes that one of the same architecture has left.
 * @param bytes float32, little-endian, in the model's order
 * @throws Error when they are those of another model
 */
export function setWeights(model: LayersModel, bytes: Buffer): void {
  const sizes = model.weights.map(({ shape }) => tf.util.sizeFromShape(shape as number[]))
  const expected = 4 * sizes.reduce((sum, size) => sum + size, 0)
  if (bytes.length !== expected) {
    throw new Error(`the weights of ${model.name}: expected ${expected} bytes, got ${bytes.length}`)
  }
  // Copied, since a Float32Array has to start at a multiple of four bytes.
  const values = new Float32Array(Uint8Array.from(bytes).buffer)
  let start = 0
  for (const [place, weight] of model.weights.entries()) {
    const part = values.slice(start, start + sizes[place]!)
    start += sizes[place]!
    tf.tidy(() => {
      weight.write(tf.tensor(part, weight.shape as number[]))
    })
  }
}
