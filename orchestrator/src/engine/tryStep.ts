// Whether an engine works, by what it computes: the losses of three training steps, which are known. A library that
// loads may still lack what its first convolution or its first gradient needs.
import * as tf from '@tensorflow/tfjs-core'
import type { Engine } from './engine.ts'

/** Of the step below in float64, by PyTorch. */
const rightLosses = [1.0318891629046145, 0.9814301372549378, 1.026872166297652]

/** A GPU may round the factors of its products to 10 bits. */
const tolerance = 0.01

/**
 * A convolution, its moments, a pooling and a dense layer under cross-entropy, trained by gradient descent.
 * @throws Error where the losses are others, or with the engine's own reason
 */
export async function tryStep(engine: Engine): Promise<void> {
  const filter = tf.tidy(() => tf.variable(waves<tf.Tensor4D>([3, 3, 2, 3], 2, 0.3)))
  const weights = tf.tidy(() => tf.variable(waves<tf.Tensor2D>([12, 3], 3, 0.3)))
  const step = await engine.compile(
    ({ x, labels }) => {
      const loss = () => {
        const y = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid')
        const { mean, variance } = tf.moments(y, [0, 1, 2], true)
        const normal = tf.mul(tf.sub(y, mean), tf.rsqrt(tf.add(variance, 1e-3)))
        const pooled = tf.maxPool(tf.relu(normal) as tf.Tensor4D, 2, 2, 'valid')
        const logits = tf.matMul(tf.reshape(pooled, [4, 12]), weights as tf.Tensor2D)
        return tf.neg(tf.mean(tf.sum(tf.mul(labels!, tf.logSoftmax(logits)), 1))) as tf.Scalar
      }
      const { value, grads } = tf.variableGrads(loss, [filter, weights])
      for (const variable of [filter, weights]) {
        variable.assign(tf.sub(variable, tf.mul(grads[variable.name]!, 0.1)))
      }
      return { loss: value }
    },
    { x: { shape: [4, 6, 6, 2], dtype: 'float32' }, labels: { shape: [4, 3], dtype: 'float32' } },
  )
  try {
    const x = wave(4 * 6 * 6 * 2, 1)
    const labels = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0)
    for (const [run, right] of rightLosses.entries()) {
      const { loss } = await step.run({ x, labels })
      const found = loss![0]!
      if (!(Math.abs(found - right) <= tolerance * right)) {
        throw new Error(`the loss of training step ${run + 1} came out as ${found}, expected ${right.toFixed(5)}`)
      }
    }
  } finally {
    step.dispose()
    filter.dispose()
    weights.dispose()
  }
}

const wave = (length: number, from: number, height = 1): Float32Array =>
  Float32Array.from({ length }, (_, at) => height * Math.sin(from + at))

const waves = <T extends tf.Tensor>(shape: number[], from: number, height: number): T =>
  tf.tensor(wave(tf.util.sizeFromShape(shape), from, height), shape) as T
