// Images in another size, as Keras has them: pixels are places in their middles, which TensorFlow.js's layers take
// otherwise. Each axis is a product with a matrix, so that the gradient is exact on every backend.
import * as tf from '@tensorflow/tfjs-core'

/** How much of each old place is in each new one, by its number. */
type Mix = (from: number, to: number, at: number) => [place: number, share: number][]

const bilinear: Mix = (from, to, at) => {
  const middle = ((at + 0.5) * from) / to - 0.5
  const low = Math.floor(middle)
  return [
    [Math.max(0, low), 1 - (middle - low)],
    [Math.min(from - 1, low + 1), middle - low],
  ]
}

const nearest: Mix = (from, to, at) => [[Math.min(from - 1, Math.floor(((at + 0.5) * from) / to)), 1]]

/** @param lengths the new ones, by axis; the others stay */
export function resizedTo(x: tf.Tensor, lengths: ReadonlyMap<number, number>, interpolation: unknown): tf.Tensor {
  const mix = interpolation === 'nearest' ? nearest : bilinear
  const numbers = x.dtype === 'float32' ? x : tf.cast(x, 'float32')
  return [...lengths].reduce((y, [axis, to]) => mixed(y, axis, matrix(mix, y.shape[axis]!, to)), numbers)
}

/** [from, to] */
function matrix(mix: Mix, from: number, to: number): tf.Tensor2D {
  const shares = new Float32Array(from * to)
  for (let at = 0; at < to; at++) for (const [place, share] of mix(from, to, at)) shares[place * to + at]! += share
  return tf.tensor2d(shares, [from, to])
}

function mixed(x: tf.Tensor, axis: number, shares: tf.Tensor2D): tf.Tensor {
  const last = x.rank - 1
  const order = x.shape.map((_, at) => (at === axis ? last : at === last ? axis : at))
  const turned = tf.transpose(x, order)
  const product = tf.matMul(tf.reshape(turned, [-1, shares.shape[0]]) as tf.Tensor2D, shares)
  // The batch may be of any length.
  return tf.transpose(tf.reshape(product, [-1, ...turned.shape.slice(1, -1), shares.shape[1]]), order)
}
