// Gated recurrent units that reset after their matrix product (Cho et al., arXiv:1406.1078, version 3, as cuDNN computes
// them), which is Keras's default and which TensorFlow.js has not.
import * as tf from '@tensorflow/tfjs-core'
import { initializers, type layers } from '@tensorflow/tfjs-layers'
import { type ActivationFunction, type LayerVariable, onlyShape, type Reformed } from './layer.ts'

/** What TensorFlow.js's cell is made of. */
interface Cell extends Reformed {
  units: number
  useBias: boolean
  kernel: LayerVariable
  recurrentKernel: LayerVariable
  bias: LayerVariable | null
  activation: ActivationFunction
  recurrentActivation: ActivationFunction
}

/** @param layer TensorFlow.js's GRU, or a GRUCell, that resets before */
export function resetAfter(layer: layers.Layer): void {
  const { cell } = layer as { cell?: layers.Layer }
  for (const each of cell === undefined ? [layer] : [layer, cell]) {
    const config = each.getConfig.bind(each)
    each.getConfig = () => ({ ...config(), resetAfter: true })
  }
  withProductFirst((cell ?? layer) as unknown as Cell)
}

/** Gates are z, r, h in the order of the weights' columns; the bias has a row for the input and one for the state. */
function withProductFirst(cell: Cell): void {
  cell.build = (inputShape) => {
    const width = onlyShape(inputShape).at(-1) as number
    const add = (name: string, shape: number[]) => cell.addWeight(name, shape, 'float32', initializers.zeros())
    cell.kernel = add('kernel', [width, 3 * cell.units])
    cell.recurrentKernel = add('recurrent_kernel', [cell.units, 3 * cell.units])
    cell.bias = cell.useBias ? add('bias', [2, 3 * cell.units]) : null
    cell.built = true
  }
  cell.call = (inputs) =>
    tf.tidy(() => {
      const [x, state] = inputs as [tf.Tensor2D, tf.Tensor2D]
      const [ofInput, ofState] = [
        tf.matMul(x, cell.kernel.read() as tf.Tensor2D),
        tf.matMul(state, cell.recurrentKernel.read() as tf.Tensor2D),
      ]
      const biases = cell.bias === null ? null : tf.split(cell.bias.read(), 2, 0)
      const [xz, xr, xh] = tf.split(biases === null ? ofInput : tf.add(ofInput, biases[0]!), 3, 1)
      const [hz, hr, hh] = tf.split(biases === null ? ofState : tf.add(ofState, biases[1]!), 3, 1)
      const update = cell.recurrentActivation.apply(tf.add(xz!, hz!))
      const reset = cell.recurrentActivation.apply(tf.add(xr!, hr!))
      const candidate = cell.activation.apply(tf.add(xh!, tf.mul(reset, hh!)))
      const next = tf.add(tf.mul(update, state), tf.mul(tf.sub(1, update), candidate))
      return [next, next]
    })
}
