// A transformer encoder (arXiv:1706.03762): four layers of attention with four heads and a feed-forward part, each
// with its residual and layer norm behind it, over sequences of vectors; then a mean and the logits.
import { layerNorm } from '@retort/orchestrator/zoo/layerNorm'
import * as tf from '@tensorflow/tfjs-core'
import { initializers, input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers'

const depth = 4
const heads = 4
/** Units of the feed-forward part, as a multiple of the width. */
const widening = 4

interface Size {
  length: number
  width: number
  classes: number
}

export function transformer({ length, width, classes }: Size): LayersModel {
  const vectors = input({ shape: [length, width], name: 'vectors' })
  let x = vectors
  for (let layer = 0; layer < depth; layer++) {
    x = normalised(x, new Attention(`attention${layer}`), `attention${layer}_norm`)
    x = normalised(x, new FeedForward(`feed_forward${layer}`), `feed_forward${layer}_norm`)
  }
  const pooled = layers.globalAveragePooling1d({ name: 'pool' }).apply(x) as SymbolicTensor
  const logits = layers.dense({ units: classes, name: 'logits' }).apply(pooled) as SymbolicTensor
  return model({ inputs: vectors, outputs: logits, name: 'transformer' })
}

function normalised(x: SymbolicTensor, layer: layers.Layer, name: string): SymbolicTensor {
  const sum = layers.add({ name: `${layer.name}_add` }).apply([x, layer.apply(x) as SymbolicTensor])
  return layerNorm({ epsilon: 1e-5, name }).apply(sum) as SymbolicTensor
}

type LayerVariable = layers.Layer['weights'][number]

/** A layer of matrix products over the last axis. */
abstract class Products extends layers.Layer {
  private readonly matrices: { kernel: LayerVariable; bias: LayerVariable }[] = []

  constructor(name: string) {
    super({ name })
  }

  protected addProduct(name: string, from: number, to: number): void {
    const add = (what: string, shape: number[], value: 'glorotUniform' | 'zeros') =>
      this.addWeight(`${name}_${what}`, shape, 'float32', initializers[value]({}))
    this.matrices.push({ kernel: add('kernel', [from, to], 'glorotUniform'), bias: add('bias', [to], 'zeros') })
  }

  /** @param x [rows, from] */
  protected product(index: number, x: tf.Tensor2D): tf.Tensor2D {
    const { kernel, bias } = this.matrices[index]!
    return tf.add(tf.matMul(x, kernel.read() as tf.Tensor2D), bias.read())
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor3D
    const [batch, length, width] = x.shape
    return tf.reshape(this.transformed(tf.reshape(x, [batch * length, width]), batch), [batch, length, width])
  }

  /** From rows [batch * length, width] to as many. */
  protected abstract transformed(rows: tf.Tensor2D, batch: number): tf.Tensor2D
}

class Attention extends Products {
  static readonly className = 'BenchAttention'

  override build([, , width]: number[]): void {
    this.addProduct('query_key_value', width!, 3 * width!)
    this.addProduct('output', width!, width!)
    this.built = true
  }

  protected override transformed(rows: tf.Tensor2D, batch: number): tf.Tensor2D {
    const [count, width] = rows.shape
    const length = count / batch
    const part = width / heads
    const apart = tf.reshape(this.product(0, rows), [batch, length, 3, heads, part])
    const [query, key, value] = tf.unstack(tf.transpose(apart, [2, 0, 3, 1, 4])) as tf.Tensor4D[]
    const scores = tf.mul(tf.matMul(query!, key!, false, true), 1 / Math.sqrt(part))
    const attended = tf.matMul(tf.softmax(scores), value!)
    return this.product(1, tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [count, width]))
  }
}

class FeedForward extends Products {
  static readonly className = 'BenchFeedForward'

  override build([, , width]: number[]): void {
    this.addProduct('wide', width!, widening * width!)
    this.addProduct('narrow', widening * width!, width!)
    this.built = true
  }

  protected override transformed(rows: tf.Tensor2D): tf.Tensor2D {
    return this.product(1, tf.relu(this.product(0, rows)))
  }
}
