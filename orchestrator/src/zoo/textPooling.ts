// The mean over a text's positions, and the largest values of its windows, without the padding behind it. TensorFlow.js
// has no such layers: an exported model has them in the file beside it.
import * as tf from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { isBefore, unseenFrom } from './textLength.ts'

type Shape = (number | null)[]

/** [batch, length, width] becomes [batch, width]. */
const pooledShape = (inputShapes: Shape | Shape[]): Shape => (inputShapes as Shape[])[0]!.toSpliced(1, 1)

export class TextMean extends layers.Layer {
  static readonly className = 'RetortTextMean'

  override computeOutputShape(inputShapes: Shape | Shape[]): Shape {
    return pooledShape(inputShapes)
  }

  /**
   * @param inputs vectors [batch, length, width], and how many are the text's, [batch, 1]
   * @returns [batch, width]; zeros for an empty text
   */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [vectors, lengths] = inputs as [tf.Tensor3D, tf.Tensor2D]
    const real = tf.cast(isBefore(lengths, vectors.shape[1]), 'float32')
    return tf.div(tf.sum(tf.mul(vectors, tf.expandDims(real, 2)), 1), tf.maximum(lengths, 1))
  }
}

interface Settings {
  name?: string
  /** Positions of a window. */
  window: number
}

export class TextMax extends layers.Layer {
  static readonly className = 'RetortTextMax'
  private readonly window: number

  constructor({ window, ...rest }: Settings) {
    super(rest)
    this.window = window
  }

  override computeOutputShape(inputShapes: Shape | Shape[]): Shape {
    return pooledShape(inputShapes)
  }

  /**
   * Over the windows that lie within the text, or over the first one where the text is shorter.
   * @param inputs what the windows have given [batch, windows, filters], and the text's positions, [batch, 1]
   * @returns [batch, filters]
   */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [given, lengths] = inputs as [tf.Tensor3D, tf.Tensor2D]
    const within = tf.maximum(tf.sub(lengths, this.window - 1), 1)
    return tf.max(tf.add(given, tf.expandDims(unseenFrom(within, given.shape[1]), 2)), 1)
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), window: this.window }
  }
}

tf.serialization.registerClass(TextMean)
tf.serialization.registerClass(TextMax)
