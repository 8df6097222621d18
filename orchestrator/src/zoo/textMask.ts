// Tells the recurrent layers behind it where a text has ended, as a mask in Keras's sense: from there on their states
// stay as they are. TensorFlow.js has no such layer: an exported model has it in the file beside it.
import * as tf from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { isBefore } from './textLength.ts'

type Shape = (number | null)[]

export class TextMask extends layers.Layer {
  static readonly className = 'RetortTextMask'

  constructor(settings: { name?: string }) {
    super(settings)
    this.supportsMasking = true
  }

  override computeOutputShape(inputShapes: Shape | Shape[]): Shape {
    return (inputShapes as Shape[])[0]!
  }

  /**
   * @param inputs vectors [batch, length, width], and how many are the text's, [batch, 1]
   * @returns the vectors
   */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return (inputs as tf.Tensor[])[0]!
  }

  override computeMask(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [vectors, lengths] = inputs as [tf.Tensor3D, tf.Tensor2D]
    return tf.tidy(() => isBefore(lengths, vectors.shape[1]))
  }
}

tf.serialization.registerClass(TextMask)
