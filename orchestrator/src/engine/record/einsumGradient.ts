// The gradient of Einstein's notation, which TensorFlow.js lacks, so that attention written with einsum can be trained.
import * as tf from '@tensorflow/tfjs-core'

/** Registers it for all backends, if TensorFlow.js has none. */
export function registerEinsumGradient(): void {
  if (tf.getGradient('Einsum')) return
  tf.registerGradient({
    kernelName: 'Einsum',
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) => {
      const [given, result] = (attributes.equation as string).replace(/\s/g, '').split('->') as [string, string]
      const terms = given.split(',')
      const gradients = saved.map((tensor, i) => () => {
        const others = [dy as tf.Tensor, ...saved.filter((_, k) => k !== i)]
        const names = [result, ...terms.filter((_, k) => k !== i)]
        const term = [...terms[i]!]
        const shared = term.filter((letter) => names.some((name) => name.includes(letter)))
        const sum = tf.einsum(`${names.join(',')}->${shared.join('')}`, ...others)
        // What was summed over alone repeats.
        const aligned = tf.reshape(
          sum,
          term.map((letter, axis) => (shared.includes(letter) ? tensor.shape[axis]! : 1)),
        )
        return tf.broadcastTo(aligned, tensor.shape)
      })
      return Object.fromEntries(gradients.map((gradient, i) => [i, gradient]))
    },
  })
}
