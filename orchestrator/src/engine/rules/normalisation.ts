// Rules for normalisation.
import type { FusedBatchNormAttrs, LRNAttrs } from '@tensorflow/tfjs-core'
import { add, apply, div, mul, sub } from '../graph/build.ts'
import { constant, scalar, type Value } from '../graph/value.ts'
import type { Rules, Unary } from '../record/kernelTypes.ts'
import { imageValue, plainValue, type Recorded, uniform, whole } from '../record/recorded.ts'
import { binary } from './binary.ts'
import { combine } from './combine.ts'

interface BatchNormOperands {
  x: Recorded
  mean: Recorded
  variance: Recorded
  scale?: Recorded
  offset?: Recorded
}

/** Sums each channel and its neighbours. */
function aroundIt(x: Value, { depthRadius }: LRNAttrs): Value {
  const channels = x.shape.at(-1)!
  const near = Float32Array.from({ length: channels ** 2 }, (_, i) =>
    Number(Math.abs(Math.floor(i / channels) - (i % channels)) <= depthRadius),
  )
  return apply('MatMul', [x, constant(near, [channels, channels], 'float32')])
}

function norm(x: Value, attributes: LRNAttrs): Value {
  return add(scalar(attributes.bias), mul(scalar(attributes.alpha), aroundIt(mul(x, x), attributes)))
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
  /** x / (bias + alpha * sum of the squares of the channels around it)^beta */
  LRN: ({ x }: Unary, attributes: LRNAttrs) => {
    const v = whole(x)
    return plainValue(mul(v, apply('Pow', [norm(v, attributes), scalar(-attributes.beta)])))
  },
  LRNGrad: ({ x, y, dy }: Record<'x' | 'y' | 'dy', Recorded>, attributes: LRNAttrs) => {
    const { alpha, beta } = attributes
    const [v, result, gradient] = [whole(x), whole(y), whole(dy)]
    const divisor = norm(v, attributes)
    const own = mul(gradient, apply('Pow', [divisor, scalar(-beta)]))
    const others = aroundIt(div(mul(gradient, result), divisor), attributes)
    return plainValue(sub(own, mul(scalar(2 * alpha * beta), mul(v, others))))
  },
} satisfies Rules
