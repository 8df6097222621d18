// What is done to a layer of TensorFlow.js so that it computes what the file says, wrapped layers included.
import type * as tf from '@tensorflow/tfjs-core'
import type { layers } from '@tensorflow/tfjs-layers'
import { normaliseInClosedForm } from '../layerNorm.ts'
import { withOwnConvolution } from './convolution.ts'
import { formulaLayer } from './formulas.ts'
import { resetAfter } from './gru.ts'
import type { Wrapping } from './initializers.ts'
import { type Config, initializerOf } from './layer.ts'
import { withoutGaps } from './volumes.ts'

interface Formed extends Wrapping {
  activation?: { apply(x: tf.Tensor): tf.Tensor }
}

interface Inner {
  className: string
  config: Config
}

const isLayer = (value: unknown): value is Inner =>
  typeof value === 'object' && value !== null && 'className' in value && 'config' in value

/** Layers that may stand as another's activation: {"class_name": "LeakyReLU", "config": { … }}. */
const activationLayers = /^(ReLU|LeakyReLU|ELU|ThresholdedReLU)$/

/** Settings that Keras 2 writes of a SeparableConv2D, which has no such kernel. */
const ofNoKernel = /^kernel(Initializer|Regularizer|Constraint)$/

/** Settings that TensorFlow.js's layer takes, where it would refuse the file's. */
export function accepted(type: string, config: Config): Config {
  const entries = Object.entries(config).filter(([key]) => !(type === 'SeparableConv2D' && ofNoKernel.test(key)))
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (key === 'resetAfter') return [key, false]
      if (key === 'activation' && isLayer(value) && activationLayers.test(value.className)) return [key, 'linear']
      if (isLayer(value)) return [key, { ...value, config: accepted(value.className, value.config) }]
      if (Array.isArray(value)) {
        return [
          key,
          value.map((each) => (isLayer(each) ? { ...each, config: accepted(each.className, each.config) } : each)),
        ]
      }
      return [key, value]
    }),
  )
}

/**
 * @param layer TensorFlow.js's, made of what is accepted of the settings
 * @param config the settings, as TensorFlow.js writes names
 */
export function withOwnForms(layer: layers.Layer, type: string, config: Config): void {
  const { layer: wrapped, forwardLayer, backwardLayer, cell, cells, activation } = layer as Formed
  const inner = config.layer as Inner | undefined
  for (const each of [wrapped, forwardLayer, backwardLayer]) {
    if (each !== undefined && isLayer(inner)) withOwnForms(each, inner.className, inner.config)
  }
  const ofCells = type === 'RNN' ? [config.cell] : type === 'StackedRNNCells' ? (config.cells as unknown[]) : []
  for (const [index, own] of ofCells.entries()) {
    const each = type === 'RNN' ? cell : cells?.[index]
    if (each !== undefined && isLayer(own)) withOwnForms(each, own.className, own.config)
  }
  if (type === 'LayerNormalization') normaliseInClosedForm(layer)
  if (/^GRU(Cell)?$/.test(type) && config.resetAfter === true) resetAfter(layer)
  withOwnConvolution(layer, type, config)
  withoutGaps(layer, type, config)
  if (config.operation === true) kept(layer, { operation: true })
  if (type === 'SeparableConv2D') {
    // TensorFlow.js leaves the one out, and takes the other for both.
    const { depthMultiplier = 1, pointwiseInitializer = 'GlorotUniform' } = config
    kept(layer, { depthMultiplier, pointwiseInitializer: initializerOf(pointwiseInitializer) })
  }
  if (activation !== undefined && isLayer(config.activation) && activationLayers.test(config.activation.className)) {
    const { className, config: own } = config.activation
    const named = { ...own, name: `${layer.name}_activation` }
    ;(layer as Formed).activation = activationOf(className, named)
    kept(layer, { activation: config.activation })
  }
}

/** Has the layer write these settings. */
function kept(layer: layers.Layer, settings: Config): void {
  const config = layer.getConfig.bind(layer)
  layer.getConfig = () => ({ ...config(), ...settings }) as tf.serialization.ConfigDict
}

function activationOf(className: string, config: Config) {
  const layer = formulaLayer(className, config, true)
  if (layer === undefined) throw new Error(`Unknown activation: ${className}`)
  return { apply: (x: tf.Tensor) => layer.call(x), getClassName: () => className }
}
