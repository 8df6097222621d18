// Scaled dot-product attention of several heads (Vaswani et al., arXiv:1706.03762, section 3.2), without the matrices
// before and after it, which are dense layers. TensorFlow.js has no such layer: an exported model has it in the file
// beside it.
import * as tf from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { unseen, unseenFrom } from './textLength.ts'

type Shape = (number | null)[]

interface Settings {
  name?: string
  /** Divides the width. */
  heads: number
  /** Whether a position sees only itself and those before it. */
  causal: boolean
}

export class Attention extends layers.Layer {
  static readonly className = 'RetortAttention'
  private readonly heads: number
  private readonly causal: boolean

  constructor({ heads, causal, ...rest }: Settings) {
    super(rest)
    this.heads = heads
    this.causal = causal
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return (inputShape as Shape[])[0]!
  }

  /**
   * softmax(q k^T / sqrt(width / heads)) v for each head's part of the width.
   * @param inputs queries, keys and values, each [batch, length, width]; also, where not all positions may be attended
   * to, how many of the first may, [batch, 1]
   * @returns [batch, length, width]
   */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [, , , until] = inputs as tf.Tensor[]
    const [queries, keys, values] = (inputs as tf.Tensor3D[]).slice(0, 3).map((x) => {
      const [batch, length, width] = x.shape
      return tf.transpose(tf.reshape(x, [batch, length, this.heads, width / this.heads]), [0, 2, 1, 3])
    }) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]
    const [batch, , length, part] = queries.shape
    const scores = tf.mul(tf.matMul(queries, keys, false, true), 1 / Math.sqrt(part))
    const known = until === undefined ? scores : tf.add(scores, unknownKeys(until, length))
    const seen = this.causal ? tf.add(known, laterPositions(length)) : known
    const attended = tf.matMul(tf.softmax(seen), values)
    return tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [batch, length, this.heads * part])
  }

  /** Products of scores and of values, for one sample. */
  multiplyAccumulates([, length, width]: (number | null)[]): number {
    return 2 * length! ** 2 * width!
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), heads: this.heads, causal: this.causal }
  }
}

tf.serialization.registerClass(Attention)

/** [batch, 1, 1, length]: what is added to the scores of keys that may not be attended to. */
const unknownKeys = (until: tf.Tensor, length: number): tf.Tensor =>
  tf.expandDims(tf.expandDims(unseenFrom(until, length), 1), 1)

/** [length, length]: what is added to the scores of positions that come later. */
function laterPositions(length: number): tf.Tensor2D {
  const values = new Float32Array(length ** 2)
  for (let from = 0; from < length; from++) values.fill(unseen, from * length + from + 1, (from + 1) * length)
  return tf.tensor2d(values, [length, length])
}
