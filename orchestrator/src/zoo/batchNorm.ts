// Batch norm over the last axis, with a gradient in closed form where TensorFlow.js has a long chain of broadcasts.
// Loads elsewhere as TensorFlow.js's own BatchNormalization.
import * as tf from '@tensorflow/tfjs-core'
import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'

type Kwargs = Parameters<layers.Layer['call']>[1]
type LayerVariable = layers.Layer['weights'][number]

/** Share of the moving statistics that an update keeps, and what keeps the division defined: PyTorch's values. */
const momentum = 0.9
const epsilon = 1e-5

class BatchNorm extends layers.Layer {
  static readonly className = 'BatchNormalization'
  private gamma!: LayerVariable
  private beta!: LayerVariable
  private movingMean!: LayerVariable
  private movingVariance!: LayerVariable

  override build(inputShape: number[]): void {
    const shape = [inputShape.at(-1) as number]
    const add = (name: string, value: 'zeros' | 'ones', trainable: boolean) =>
      this.addWeight(name, shape, 'float32', initializers[value](), undefined, trainable)
    this.gamma = add('gamma', 'ones', true)
    this.beta = add('beta', 'zeros', true)
    this.movingMean = add('moving_mean', 'zeros', false)
    this.movingVariance = add('moving_variance', 'ones', false)
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor
    const [gamma, beta, mean, variance] = [this.gamma, this.beta, this.movingMean, this.movingVariance].map(
      (weight) => weight.read() as tf.Variable,
    ) as [tf.Variable, tf.Variable, tf.Variable, tf.Variable]
    if (kwargs.training !== true) return tf.batchNorm(x, mean, variance, beta, gamma, epsilon)
    return normalise(x, gamma, beta, (batchMean, batchVariance) => {
      mean.assign(tf.add(tf.mul(mean, momentum), tf.mul(batchMean, 1 - momentum)))
      variance.assign(tf.add(tf.mul(variance, momentum), tf.mul(batchVariance, 1 - momentum)))
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), axis: -1, momentum, epsilon, center: true, scale: true }
  }
}

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta, over all axes but the last (arXiv:1502.03167).
 * With s = gamma / sqrt(variance + epsilon), c = x - mean and means over the batch:
 * dx = s (dy - mean(dy) - c mean(dy c) / (variance + epsilon)), of which the last two are a batch norm of x themselves:
 * one operator where a device has it.
 * @param observe gets the batch's mean, and its variance as an unbiased estimate
 */
export function normalise(
  x: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  observe: (mean: tf.Tensor, variance: tf.Tensor) => void,
): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis).slice(0, -1)
  const count = x.size / (x.shape.at(-1) as number)
  const forward = (...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, scale, shift, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc]
    const mean = tf.mean(input, axes)
    const centered = tf.sub(input, mean)
    const variance = tf.mean(tf.mul(centered, centered), axes)
    observe(mean, tf.mul(variance, count / Math.max(1, count - 1)))
    const inverse = tf.rsqrt(tf.add(variance, epsilon))
    const slope = tf.mul(scale, inverse)
    save([input, mean, variance, centered, inverse, slope])
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, m, v, c, inv, s] = saved as [tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.Tensor, tf.Tensor, tf.Tensor]
      const meanDy = tf.mean(dy, axes) as tf.Tensor1D
      const pull = tf.mul(tf.mean(tf.mul(dy, c), axes), inv) as tf.Tensor1D
      const dx = tf.mul(s, tf.sub(dy, tf.batchNorm(x, m, v, meanDy, pull, epsilon)))
      return [dx, tf.mul(pull, count), tf.mul(meanDy, count)]
    }
    return { value: tf.add(tf.mul(centered, slope), shift), gradFunc }
  }
  return tf.customGrad(forward)(x, gamma, beta)
}

export function batchNorm(x: SymbolicTensor, name: string): SymbolicTensor {
  return new BatchNorm({ name }).apply(x) as SymbolicTensor
}
