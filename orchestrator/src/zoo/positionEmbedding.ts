// Adds a learned vector to each position of a sequence (Gehring et al., arXiv:1705.03122). TensorFlow.js has no such
// layer: an exported model has it in the file beside it.
import * as tf from '@tensorflow/tfjs-core'
import { initializers, layers } from '@tensorflow/tfjs-layers'

type Shape = (number | null)[]
type LayerVariable = layers.Layer['weights'][number]

export class PositionEmbedding extends layers.Layer {
  static readonly className = 'RetortPositionEmbedding'
  private embeddings!: LayerVariable

  constructor({ name }: { name?: string }) {
    super(name === undefined ? {} : { name })
  }

  override build([, length, width]: number[]): void {
    this.embeddings = this.addWeight('embeddings', [length!, width!], 'float32', initializers.zeros())
    this.built = true
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return inputShape as Shape
  }

  /** @param inputs [batch, length, width] */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor
    return tf.add(x, this.embeddings.read())
  }
}

tf.serialization.registerClass(PositionEmbedding)
