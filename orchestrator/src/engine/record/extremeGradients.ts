// The gradients of a maximum and of a minimum over axes. Elements that are equally large share the gradient, as in
// TensorFlow's reduce_max and PyTorch's amax; TensorFlow.js's own gives it whole to each of them.
import * as tf from '@tensorflow/tfjs-core'
// Registers TensorFlow.js's gradients, which are replaced.
import '@tensorflow/tfjs-layers'

let registered = false

/** Registers them for all backends. */
export function registerExtremeGradients(): void {
  if (registered) return
  registered = true
  replace('Max', ({ reductionIndices }) => reductionIndices)
  replace('Min', ({ axis }) => axis)
}

/** @param axesOf of a kernel's attributes */
function replace(kernel: 'Max' | 'Min', axesOf: (attributes: Record<string, unknown>) => unknown): void {
  const own = tf.getGradient(kernel)!
  tf.unregisterGradient(kernel)
  tf.registerGradient({
    ...own,
    gradFunc: (dy, saved, attributes) => {
      const [x, y] = saved as [tf.Tensor, tf.Tensor]
      const axes = tf.util.parseAxisParam(axesOf(attributes) as number | number[], x.shape)
      const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
      const best = tf.cast(tf.equal(x, tf.reshape(y, kept)), 'float32')
      const share = tf.div(tf.reshape(dy as tf.Tensor, kept), tf.sum(best, axes, true))
      return { x: () => tf.mul(best, share) }
    },
  })
}
