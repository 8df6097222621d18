// Layer norm with a gradient in closed form, where TensorFlow.js tiles the statistics over the input and derives some
// twenty operations. Weights, settings and the exported form are those of TensorFlow.js's own layer.
import * as tf from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'

type LayerVariable = layers.Layer['weights'][number]

/** What TensorFlow.js's layer is made of once it is built. */
interface Own {
  /** From 0. */
  axis: number[]
  epsilon: number
  scale: boolean
  center: boolean
  gamma: LayerVariable | null
  beta: LayerVariable | null
}

export function layerNorm(settings: Parameters<typeof layers.layerNormalization>[0]): layers.Layer {
  const layer = layers.layerNormalization(settings)
  normaliseInClosedForm(layer)
  return layer
}

/** @param layer TensorFlow.js's */
export function normaliseInClosedForm(layer: layers.Layer): void {
  const own = layer as unknown as Own
  layer.call = (inputs) => {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor
    const shape = x.shape.map((length, axis) => (own.axis.includes(axis) ? length : 1))
    const [gamma, beta] = [own.gamma?.read() ?? tf.ones(shape), own.beta?.read() ?? tf.zeros(shape)]
    return normalise(x, tf.reshape(gamma, shape), tf.reshape(beta, shape), own.axis, own.epsilon)
  }
}

/**
 * y = gamma h + beta with h = (x - mean) r and r = 1 / sqrt(variance + epsilon), over some axes of each sample
 * (arXiv:1607.06450). With g = gamma dy and means over these axes: dx = r (g - mean(g) - h mean(g h)).
 * @param gamma of x's rank, with length 1 along all other axes, as is beta
 */
export function normalise(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, axes: number[], epsilon: number): tf.Tensor {
  const others = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]))
  const forward = (...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, scale, shift, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc]
    const centered = tf.sub(input, tf.mean(input, axes, true))
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.mul(centered, centered), axes, true), epsilon))
    const normal = tf.mul(centered, inverse)
    save([normal, inverse, scale])
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [h, r, s] = saved as [tf.Tensor, tf.Tensor, tf.Tensor]
      const g = tf.mul(dy, s)
      const pull = tf.add(tf.mean(g, axes, true), tf.mul(h, tf.mean(tf.mul(g, h), axes, true)))
      return [tf.mul(r, tf.sub(g, pull)), tf.sum(tf.mul(dy, h), others, true), tf.sum(dy, others, true)]
    }
    return { value: tf.add(tf.mul(normal, scale), shift), gradFunc }
  }
  return tf.customGrad(forward)(x, gamma, beta)
}
