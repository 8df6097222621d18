// An embedding that is read both ways (Press and Wolf, arXiv:1608.05859): applied to token ids it gives their vectors,
// applied to vectors it gives their products with the vectors of all tokens, which are the logits of the next one.
// TensorFlow.js has no such layer: an exported model has it in the file beside it.
import * as tf from '@tensorflow/tfjs-core'
import { initializers, layers } from '@tensorflow/tfjs-layers'

type Shape = (number | null)[]
type LayerVariable = layers.Layer['weights'][number]

interface Settings {
  name?: string
  vocabulary: number
  width: number
}

export class TiedEmbedding extends layers.Layer {
  static readonly className = 'RetortTiedEmbedding'
  private readonly vocabulary: number
  private readonly width: number
  private embeddings!: LayerVariable

  constructor({ vocabulary, width, ...rest }: Settings) {
    super(rest)
    this.vocabulary = vocabulary
    this.width = width
  }

  override build(): void {
    const shape = [this.vocabulary, this.width]
    this.embeddings = this.addWeight('embeddings', shape, 'float32', initializers.zeros())
    this.built = true
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = inputShape as Shape
    return shape.length === 2 ? [...shape, this.width] : [...shape.slice(0, -1), this.vocabulary]
  }

  /**
   * @param inputs token ids [batch, length], or vectors [batch, length, width]
   * @returns [batch, length, width], or [batch, length, vocabulary]
   */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor
    const table = this.embeddings.read() as tf.Tensor2D
    if (x.rank === 2) return tf.gather(table, tf.cast(x, 'int32'))
    const [batch, length] = x.shape as [number, number]
    const vectors = tf.reshape(x, [batch * length, this.width])
    return tf.reshape(tf.matMul(vectors, table, false, true), [batch, length, this.vocabulary])
  }

  /** Products with all tokens, for one sample; looking vectors up takes none. */
  multiplyAccumulates(input: Shape): number {
    return input.length === 2 ? 0 : input[1]! * this.width * this.vocabulary
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), vocabulary: this.vocabulary, width: this.width }
  }
}

tf.serialization.registerClass(TiedEmbedding)
