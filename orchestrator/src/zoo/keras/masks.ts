// Masks of positions, which an Embedding with mask_zero or a Masking makes and the layers behind it hand on, as Keras has
// them. TensorFlow.js hands the last mask that any layer made to every layer that comes later, of whatever tensor.
import * as tf from '@tensorflow/tfjs-core'
import type { layers } from '@tensorflow/tfjs-layers'
import type { Config, Kwargs } from './layer.ts'

type Mask = tf.Tensor | null

/** What a tensor's positions are masked by, [batch, positions]. */
const known = new WeakMap<tf.Tensor, tf.Tensor>()

const merging = /^(Add|Average|Maximum|Minimum|Multiply|Subtract|Concatenate)$/
const recurrent = /^(Bidirectional|GRU|LSTM|RNN|SimpleRNN)$/
/** Layers with which what they give is masked as what they get. */
const passing =
  /^(Activation|Dense|Dropout|SpatialDropout1D|ELU|Identity|LeakyReLU|PReLU|ReLU|Softmax|ThresholdedReLU|TimeDistributed|MultiHeadAttention|(Group|Layer|RMS|Unit)Normalization)$/

/**
 * Gives a layer the masks of its own inputs, and what it gives its own.
 * @param config as TensorFlow.js writes names
 */
export function withOwnMasks(layer: layers.Layer, type: string, config: Config): void {
  const [call, computeMask] = [layer.call.bind(layer), layer.computeMask.bind(layer)]
  layer.computeMask = () => null as never
  layer.call = (inputs, kwargs) => {
    const all = [inputs].flat() as tf.Tensor[]
    const masks = all.map((x): Mask => known.get(x) ?? null)
    const { mask: _, ...own } = kwargs as Kwargs & { mask?: unknown }
    const masked = masks[0] == null ? own : { ...own, mask: masks[0] }
    const given = masks.some((mask) => mask !== null) ? { ...masked, inputMasks: masks } : own
    const result = pooled(type, all[0]!, masks[0]!) ?? call(inputs, given as Kwargs)
    const makes = type === 'Masking' || (type === 'Embedding' && config.maskZero === true)
    const next = makes ? (computeMask(inputs, null as never) as tf.Tensor) : nextMask(layer, type, config, masks)
    if (next === null || Array.isArray(result)) return result
    const zeroed = zeroes(layer, type, config) ? tf.mul(result, tf.cast(tf.expandDims(next, -1), 'float32')) : result
    // A tensor that a layer gives as it got it would be copied, and the copy would have no mask.
    const output = all.includes(zeroed) ? tf.clone(zeroed) : zeroed
    known.set(output, next)
    return output
  }
}

/** The mean over the positions that are not masked, where such a mean is taken. */
function pooled(type: string, x: tf.Tensor, mask: Mask): tf.Tensor | undefined {
  if (type !== 'GlobalAveragePooling1D' || mask === null) return undefined
  const counted = tf.cast(tf.expandDims(mask, -1), 'float32')
  // Of a sample that is masked as a whole the mean is 0.
  return tf.div(tf.sum(tf.mul(x, counted), 1), tf.maximum(tf.sum(counted, 1), 1))
}

function nextMask(layer: layers.Layer, type: string, config: Config, masks: Mask[]): Mask {
  // What was an operation in the file ends a mask, as it does in Keras.
  if (config.operation === true) return null
  const [first = null, ...others] = masks
  if (recurrent.test(type)) return (layer as { returnSequences?: boolean }).returnSequences === true ? first : null
  if (type === 'BatchNormalization' && first !== null) {
    throw new Error('its input has a mask, and statistics of what is not masked are not computed here')
  }
  if (!merging.test(type)) return passing.test(type) ? first : null
  if (masks.every((mask) => mask === null)) return null
  const overPositions = type === 'Concatenate' && config.axis === 1
  if (overPositions || others.some((mask) => mask !== first)) {
    throw new Error('its inputs have different masks, which Keras 2 and Keras 3 join in different ways')
  }
  return first
}

/** Whether what is masked is given as zeros; else it is what the position before it gave. */
const zeroes = (layer: layers.Layer, type: string, config: Config): boolean =>
  recurrent.test(type) &&
  (type === 'Bidirectional' || config.zeroOutputForMask === true) &&
  (layer as { returnSequences?: boolean }).returnSequences === true
