// Keras's MultiHeadAttention (Vaswani et al., arXiv:1706.03762): the products before and after the attention are its own.
// TensorFlow.js has no such layer: an exported model has it in the file beside it.
import * as tf from '@tensorflow/tfjs-core'
import type { DropoutMask, Masks, Noisy } from '../dropout.ts'
import { unseen } from '../textLength.ts'
import { type Config, KerasLayer, type Kwargs, type LayerVariable, onlyShape, type Shape } from './layer.ts'

const parts = ['query', 'key', 'value'] as const
type Product = { kernel: LayerVariable; bias: LayerVariable | undefined }

export class MultiHeadAttention extends KerasLayer implements Noisy {
  static readonly className = 'MultiHeadAttention'
  private products!: Record<(typeof parts)[number], Product>
  private output_!: Product

  constructor(config: Config) {
    super(config, { kernelInitializer: 'GlorotUniform', biasInitializer: 'Zeros' })
  }

  private get heads(): number {
    return this.config.numHeads as number
  }

  private get keyLength(): number {
    return this.config.keyDim as number
  }

  private get valueLength(): number {
    return (this.config.valueDim ?? this.config.keyDim) as number
  }

  private get rate(): number {
    return (this.config.dropout ?? 0) as number
  }

  /** Of what it gives; the queries' own where the file names none. */
  private width(query: Shape): number {
    const named = [this.config.outputShape ?? query.at(-1)].flat()
    if (named.length !== 1) throw new Error(`expected an output of one axis, got [${named}]`)
    return named[0] as number
  }

  /** @param inputShape of query, value and key; what is left out is the one before it */
  override build(inputShape: Shape | Shape[]): void {
    const [query, value, key] = three((Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[])
    for (const shape of [query, value, key]) {
      if (shape.length !== 3) throw new Error(`expected [batch, positions, width], got [${shape}]`)
    }
    const bias = this.config.useBias !== false
    const product = (name: string, kernel: number[], outputs: number[]): Product => ({
      kernel: this.weight(`${name}/kernel`, kernel),
      bias: bias ? this.weight(`${name}/bias`, outputs) : undefined,
    })
    const heads = (name: string, shape: Shape, length: number) =>
      product(name, [shape[2]!, this.heads, length], [this.heads, length])
    // In the order in which Keras lists them.
    this.products = {
      query: heads('query', query, this.keyLength),
      key: heads('key', key, this.keyLength),
      value: heads('value', value, this.valueLength),
    }
    const width = this.width(query)
    this.output_ = product('attention_output', [this.heads, this.valueLength, width], [width])
    this.built = true
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const query = onlyShape(inputShape)
    return [query[0]!, query[1]!, this.width(query)]
  }

  /**
   * @param inputs query [batch, positions, width], value and key [batch, others, …]; what is left out is the one before
   * @param kwargs `inputMasks` where positions are masked: one for each input, [batch, positions]
   */
  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor {
    return tf.tidy(() => {
      const [query, value, key] = three([inputs].flat() as tf.Tensor3D[])
      const [q, k, v] = [
        this.ofHeads(query, this.products.query),
        this.ofHeads(key, this.products.key),
        this.ofHeads(value, this.products.value),
      ]
      const scores = tf.matMul(tf.mul(q, 1 / Math.sqrt(this.keyLength)), k, false, true)
      const masks = (kwargs.inputMasks ?? [null]) as (tf.Tensor | null)[]
      const hidden = this.hidden(query.shape[1], key.shape[1], three(masks))
      const weights = tf.softmax(hidden === null ? scores : tf.add(scores, tf.mul(hidden, unseen)))
      const attended = tf.matMul(this.dropped(weights, kwargs), v)
      const [batch, , positions, length] = attended.shape as [number, number, number, number]
      const rows = tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [
        batch * positions,
        this.heads * length,
      ]) as tf.Tensor2D
      return tf.reshape(linear(rows, this.output_), [batch, positions, this.width(query.shape)])
    })
  }

  /** [batch, heads, positions, length] of [batch, positions, width]. */
  private ofHeads(x: tf.Tensor3D, product: Product): tf.Tensor4D {
    const [batch, positions, width] = x.shape
    const rows = linear(tf.reshape(x, [batch * positions, width]) as tf.Tensor2D, product)
    return tf.transpose(tf.reshape(rows, [batch, positions, this.heads, -1]), [0, 2, 1, 3]) as tf.Tensor4D
  }

  /** 1 where a position may not attend to another, [batch or 1, 1, positions, others]; null where all may to all. */
  private hidden(positions: number, others: number, masks: (tf.Tensor | null)[]): tf.Tensor | null {
    const [queries, values, keys] = masks.map((mask) => mask && tf.sub(1, tf.cast(mask, 'float32')))
    const all: tf.Tensor[] = []
    if (queries) all.push(tf.reshape(queries, [-1, 1, positions, 1]))
    for (const each of new Set([values, keys])) if (each) all.push(tf.reshape(each, [-1, 1, 1, others]))
    if (this.config.useCausalMask === true) all.push(later(positions, others))
    return all.length === 0 ? null : all.reduce((one, other) => tf.maximum(one, other))
  }

  private dropped(weights: tf.Tensor, kwargs: Kwargs): tf.Tensor {
    if (this.rate === 0 || kwargs.training !== true) return weights
    const mask = (kwargs.masks as Masks | undefined)?.[this.name]
    if (mask === undefined) throw new Error(`the training pass has no mask for ${this.name}`)
    return tf.mul(weights, mask)
  }

  noise(): DropoutMask | null {
    if (this.rate === 0) return null
    const [query, , key] = three(this.inboundNodes[0]!.inputShapes as Shape[])
    return { name: this.name, rate: this.rate, shape: [this.heads, query[1]!, key[1]!] }
  }

  /** Of one sample: the four products, the scores and the sums of values. */
  multiplyAccumulates(shapes: Shape[]): number {
    const [query, value, key] = three(shapes)
    const [positions, others] = [query[1]!, key[1]!]
    const [k, v] = [this.heads * this.keyLength, this.heads * this.valueLength]
    const products = positions * query[2]! * k + others * (key[2]! * k + value[2]! * v)
    return products + positions * others * (k + v) + positions * v * this.width(query)
  }
}

/** Query, value and key of those that are given. */
const three = <T>([query, value = query, key = value]: T[]): [T, T, T] => [query, value, key] as [T, T, T]

/** Rows times a kernel of which the last axes are the outputs', or the first the inputs', plus the bias. */
function linear(rows: tf.Tensor2D, { kernel, bias }: Product): tf.Tensor {
  const product = tf.matMul(rows, tf.reshape(kernel.read(), [rows.shape[1], -1]) as tf.Tensor2D)
  return bias === undefined ? product : tf.add(product, tf.reshape(bias.read(), [-1]))
}

/** 1 where the other position comes later, [1, 1, positions, others]. */
function later(positions: number, others: number): tf.Tensor {
  const values = new Float32Array(positions * others)
  for (let from = 0; from < positions; from++)
    values.fill(1, Math.min(from + 1, others) + from * others, (from + 1) * others)
  return tf.tensor(values, [1, 1, positions, others])
}

tf.serialization.registerClass(MultiHeadAttention)
