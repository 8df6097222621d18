// How long a text is that padding fills up: what models that leave padding out go by. It is computed from the token ids,
// so that an exported model leaves the same out as the one that was trained. TensorFlow.js has no such layer: an exported
// model has it in the file beside it.
import * as tf from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'

type Shape = (number | null)[]

interface Settings {
  name?: string
  /** The id that fills texts up at their end. */
  padding: number
}

export class TextLength extends layers.Layer {
  static readonly className = 'RetortTextLength'
  private readonly padding: number

  constructor({ padding, ...rest }: Settings) {
    super(rest)
    this.padding = padding
  }

  override computeOutputShape([batch]: Shape): Shape {
    return [batch as number | null, 1]
  }

  /**
   * The tokens of each text up to its last one that is no padding: the same id further inside counts as any other.
   * @param inputs token ids [batch, length]
   * @returns [batch, 1], float32, 0 for an empty text
   */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const ids = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor2D
    const ends = Float32Array.from({ length: ids.shape[1] }, (_, position) => position + 1)
    const real = tf.cast(tf.notEqual(ids, tf.scalar(this.padding, 'int32')), 'float32')
    return tf.max(tf.mul(real, tf.tensor2d(ends, [1, ends.length])), 1, true)
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), padding: this.padding }
  }
}

tf.serialization.registerClass(TextLength)

/**
 * [batch, positions]: whether a position comes before the length.
 * @param lengths [batch, 1]
 */
export function isBefore(lengths: tf.Tensor, positions: number): tf.Tensor2D {
  const places = tf.tensor2d(
    Float32Array.from({ length: positions }, (_, at) => at),
    [1, positions],
  )
  return tf.less(places, lengths)
}

/** What is added where a text has ended, [batch, positions]: as good as minus infinity, and 0 before. */
export const unseenFrom = (lengths: tf.Tensor, positions: number): tf.Tensor2D =>
  tf.mul(tf.sub(tf.cast(isBefore(lengths, positions), 'float32'), 1), -unseen)

/** As good as minus infinity, with which a softmax or maximum of nothing else would be undefined. */
export const unseen = -1e9
