// Which elements Keras's dropout layers drop together: all of a channel with SpatialDropout, and what `noise_shape` says.
import type { NoiseShape } from '../dropout.ts'
import type { Config } from './layer.ts'

/** @returns the shape of one sample's noise; null where each element has its own */
export function noiseOf(type: string, { noiseShape, dataFormat }: Config): NoiseShape | null {
  const axes = Number(/^SpatialDropout(\d)D$/.exec(type)?.[1] ?? 0)
  if (axes > 0) {
    const area = Array<number>(axes).fill(1)
    return dataFormat === 'channelsFirst' ? [null, ...area] : [...area, null]
  }
  if (noiseShape == null) return null
  const [batch, ...shape] = noiseShape as NoiseShape
  if (batch !== null) throw new Error(`expected noise of each sample, [null, …], got [${noiseShape}]`)
  return shape
}
