// Windows over volumes whose strides are longer than they are, with "same" padding: what lies behind the last window is
// left out before, which changes nothing that Keras computes. TensorFlow.js's backends in JavaScript pad by less than
// nothing there, and so begin at another place.
import * as tf from '@tensorflow/tfjs-core'
import type { layers } from '@tensorflow/tfjs-layers'
import { type Config, only } from './layer.ts'

interface Sliding {
  kernelSize?: number[]
  poolSize?: number[]
  strides: number[]
}

/** @param config as TensorFlow.js writes names */
export function withoutGaps(layer: layers.Layer, type: string, config: Config): void {
  if (!/^(Conv|MaxPooling|AveragePooling)3D$/.test(type) || config.padding !== 'same') return
  const { kernelSize, poolSize, strides } = layer as unknown as Sliding
  const windows = (kernelSize ?? poolSize) as number[]
  if (strides.every((stride, axis) => stride <= windows[axis]!)) return
  const call = layer.call.bind(layer)
  const first = config.dataFormat === 'channelsFirst' ? 2 : 1
  layer.call = (inputs, kwargs) =>
    tf.tidy(() => {
      const x = only(inputs)
      const seen = x.shape.map((length, axis) => {
        const [stride, window] = [strides[axis - first], windows[axis - first]]
        // The batch may be of any length.
        if (stride === undefined || window === undefined) return axis === 0 ? -1 : length
        return Math.min(length, (Math.ceil(length / stride) - 1) * stride + window)
      })
      const begin = x.shape.map(() => 0)
      return call(tf.slice(x, begin, seen), kwargs)
    })
}
