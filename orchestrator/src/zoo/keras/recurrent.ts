// Initial states of recurrent layers, for a batch of any length: TensorFlow.js makes zeros of the length that it sees
// while a step is recorded, which would bind an exported model to that length.
import * as tf from '@tensorflow/tfjs-core'
import type { layers } from '@tensorflow/tfjs-layers'

interface Recurrent {
  getInitialState?(inputs: tf.Tensor): tf.Tensor[]
  cell?: { stateSize: number | number[] }
  /** Of Bidirectional. */
  forwardLayer?: layers.Layer
  backwardLayer?: layers.Layer
}

/** Gives a recurrent layer over [batch, steps, features], or those that it wraps, states that follow the batch. */
export function withFreeStates(layer: layers.Layer): void {
  const { getInitialState, cell, forwardLayer, backwardLayer } = layer as Recurrent
  for (const wrapped of [forwardLayer, backwardLayer]) if (wrapped !== undefined) withFreeStates(wrapped)
  if (getInitialState === undefined || cell === undefined || layer.getClassName().startsWith('ConvLSTM')) return
  ;(layer as Recurrent).getInitialState = (inputs) =>
    tf.tidy(() => {
      const one = tf.slice(inputs, [0, 0, 0], [-1, 1, 1])
      const zero = tf.reshape(tf.sub(one, one), [-1, 1])
      return [cell.stateSize].flat().map((size) => tf.tile(zero, [1, size]))
    })
}
