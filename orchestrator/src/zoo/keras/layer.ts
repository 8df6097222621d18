// What layers that TensorFlow.js has not share: they keep the file's settings, and write them again.
import * as tf from '@tensorflow/tfjs-core'
import { initializers, layers } from '@tensorflow/tfjs-layers'

export type Shape = (number | null)[]
export type Config = Record<string, unknown>
export type LayerVariable = layers.Layer['weights'][number]
export type Kwargs = Parameters<layers.Layer['call']>[1]

/** What a layer of TensorFlow.js is to those who give it another form. */
export interface Reformed {
  built: boolean
  build(inputShape: Shape | Shape[]): void
  call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor | tf.Tensor[]
  getConfig(): tf.serialization.ConfigDict
  computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[]
  addWeight(name: string, shape: number[], dtype: 'float32', initializer: unknown): LayerVariable
}

export interface ActivationFunction {
  apply(x: tf.Tensor): tf.Tensor
}

export abstract class KerasLayer extends layers.Layer {
  protected readonly config: Config

  /**
   * @param config as TensorFlow.js writes names
   * @param drawn initializers of the weights, where the file names none
   */
  constructor(config: Config, drawn: Record<string, string> = {}) {
    super({ name: config.name as string, trainable: config.trainable !== false })
    this.supportsMasking = true
    this.config = { ...config }
    for (const [setting, otherwise] of Object.entries(drawn)) {
      this.config[setting] = initializerOf(config[setting] ?? otherwise)
    }
  }

  /** A weight of zeros: initial values come from initialise.ts. */
  protected weight(name: string, shape: number[], trainable = true): LayerVariable {
    return this.addWeight(name, shape, 'float32', initializers.zeros(), undefined, trainable)
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config } as tf.serialization.ConfigDict
  }
}

/** An initializer in TensorFlow.js's own form, in which Glorot's and He's are cases of VarianceScaling. */
export function initializerOf(named: unknown): { className: string; config: Config } {
  const given = typeof named === 'string' ? { className: named, config: {} } : (named as { className: string })
  const className = given.className[0]!.toUpperCase() + given.className.slice(1)
  const known = tf.serialization.SerializationMap.getMap().classNameMap[className]
  if (known === undefined) throw new Error(`Unknown initializer: ${className}`)
  const config = 'config' in given ? given.config : {}
  const initializer = known[1](known[0], config as tf.serialization.ConfigDict)
  return { className: initializer.getClassName(), config: initializer.getConfig() as Config }
}

export const only = (inputs: tf.Tensor | tf.Tensor[]): tf.Tensor => (Array.isArray(inputs) ? inputs[0]! : inputs)

/** The only shape of a layer's input. */
export const onlyShape = (shape: Shape | Shape[]): Shape => (Array.isArray(shape[0]) ? shape[0] : (shape as Shape))

/** An axis counted from 0. @throws Error where there is none such */
export function axisOf(axis: number, rank: number): number {
  const from0 = axis < 0 ? rank + axis : axis
  if (from0 < 0 || from0 >= rank) throw new Error(`expected an axis of ${rank}, got ${axis}`)
  return from0
}
