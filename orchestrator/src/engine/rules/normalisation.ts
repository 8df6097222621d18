// Rules for normalisation.
import type { FusedBatchNormAttrs } from '@tensorflow/tfjs-core'
import { add, apply, mul, sub } from '../graph/build.ts'
import { scalar } from '../graph/value.ts'
import type { Rules } from '../record/kernelTypes.ts'
import { imageValue, type Recorded, uniform, whole } from '../record/recorded.ts'
import { binary } from './binary.ts'
import { combine } from './combine.ts'

interface BatchNormOperands {
  x: Recorded
  mean: Recorded
  variance: Recorded
  scale?: Recorded
  offset?: Recorded
}

export const normalisation = {
  /** (x - mean) / sqrt(variance + epsilon) * scale + offset */
  FusedBatchNorm: (operands: BatchNormOperands, { varianceEpsilon }: FusedBatchNormAttrs) => {
    const { x, mean, variance } = operands
    const scale = operands.scale ?? uniform(1, mean.shape, 'float32')
    const offset = operands.offset ?? uniform(0, mean.shape, 'float32')
    const statistics = [scale, offset, mean, variance]
    if (x.layout === 'channelsFirst' && statistics.every((t) => t.shape.length === 1)) {
      const value = apply('BatchNormalization', [x.value, ...statistics.map(whole)], { epsilon: varianceEpsilon })
      return imageValue(value)
    }
    const deviation = combine([variance], (v) => apply('Sqrt', [add(v, scalar(varianceEpsilon))]))
    const factor = binary.RealDiv({ a: scale, b: deviation })
    const shift = combine([offset, mean, factor], (o, m, f) => sub(o, mul(m, f)))
    return binary.Add({ a: binary.Multiply({ a: x, b: factor }), b: shift })
  },
} satisfies Rules
