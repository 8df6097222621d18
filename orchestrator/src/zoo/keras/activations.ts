// Activations of Keras that TensorFlow.js has not, under the names that a topology gives them. An exported model has them
// in the file beside it.
import * as tf from '@tensorflow/tfjs-core'

type Unary = (x: tf.Tensor) => tf.Tensor

/** relu6(x + 3) / 6, which Keras 3 calls hard_sigmoid; Keras 2's, clip(x / 5 + 1 / 2, 0, 1), is TensorFlow.js's own. */
const hardSigmoid6: Unary = (x) => tf.div(tf.clipByValue(tf.add(x, 3), 0, 6), 6)
const hardSilu: Unary = (x) => tf.mul(x, hardSigmoid6(x))
const clip = (x: tf.Tensor, limit: number) => tf.clipByValue(x, -limit, limit)

/** By TensorFlow.js's form of the names; thresholds, slopes and scales are Keras's defaults. */
const activations: Record<string, Unary> = {
  hardSigmoid6,
  hardSilu,
  hardSwish: hardSilu,
  hardTanh: (x) => clip(x, 1),
  hardShrink: (x) => tf.mul(x, tf.add(tf.step(tf.sub(x, 0.5)), tf.step(tf.sub(-0.5, x)))),
  softShrink: (x) => tf.sub(x, clip(x, 0.5)),
  tanhShrink: (x) => tf.sub(x, tf.tanh(x)),
  leakyRelu: (x) => tf.leakyRelu(x, 0.2),
  celu: (x) => tf.elu(x),
  exponential: (x) => tf.exp(x),
  logSigmoid: (x) => tf.neg(tf.softplus(tf.neg(x))),
  squareplus: (x) => tf.div(tf.add(x, tf.sqrt(tf.add(tf.square(x), 4))), 2),
  sparsePlus: (x) => {
    // x beyond 1, (x + 1)^2 / 4 within, 0 below.
    const within = tf.add(clip(x, 1), 1)
    return tf.add(tf.div(tf.square(within), 4), tf.relu(tf.sub(x, 1)))
  },
  sparseSigmoid: (x) => tf.div(tf.add(clip(x, 1), 1), 2),
}

for (const [name, formula] of Object.entries(activations)) {
  class Named extends tf.serialization.Serializable {
    static readonly className = name
    apply(x: tf.Tensor): tf.Tensor {
      return tf.tidy(() => formula(x))
    }
    override getConfig(): tf.serialization.ConfigDict {
      return {}
    }
  }
  tf.serialization.registerClass(Named)
}

/** The names by which Keras's files may say activations. */
export function knownActivations(): string[] {
  // Of all classes that TensorFlow.js registers only activations begin with a small letter.
  const classes = Object.keys(tf.serialization.SerializationMap.getMap().classNameMap)
  const names = classes.filter((name) => /^[a-z]/.test(name) && name !== 'hardSigmoid6')
  return [...names, 'silu'].map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).sort()
}
