// The gradient of tile as one sum. TensorFlow.js's own takes a slice for each copy, and layer normalisation makes
// hundreds or thousands of copies, which would become as many operators of the graph.
import * as tf from '@tensorflow/tfjs-core'

/** @param backend the only one for which it is replaced */
export function registerTileGradient(backend: string): void {
  const own = tf.getGradient('Tile')!
  tf.unregisterGradient('Tile')
  tf.registerGradient({
    ...own,
    gradFunc: (dy, saved, attributes) => {
      if (tf.getBackend() !== backend) return own.gradFunc(dy, saved, attributes)
      const { shape } = saved[0]!
      const { reps } = attributes as unknown as tf.TileAttrs
      const apart = shape.flatMap((n, axis) => [reps[axis]!, n])
      const copies = shape.map((_, axis) => 2 * axis)
      return { x: () => tf.reshape(tf.sum(tf.reshape(dy as tf.Tensor, apart), copies), shape) }
    },
  })
}
