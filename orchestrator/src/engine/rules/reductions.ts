// Rules for kernels that reduce axes, and for softmax, which reduces one inside.
import { type CumprodAttrs, type LogSoftmaxAttrs, type SoftmaxAttrs, util } from '@tensorflow/tfjs-core'
import { apply, cast, mul, type Reduction, reduce, reshape, sub, transpose } from '../graph/build.ts'
import { reducedShape } from '../graph/operatorKinds.ts'
import { constant, scalar } from '../graph/value.ts'
import type { Rules, Unary } from '../record/kernelTypes.ts'
import { axisIn, type DType, plainValue, type Recorded, whole } from '../record/recorded.ts'
import { castTo, float } from './combine.ts'

interface Axes {
  axis?: number | number[]
  reductionIndices?: number | number[]
  keepDims?: boolean
}

export function reduceTensor(name: Reduction, x: Recorded, axes: number[], keepDims: boolean): Recorded {
  const shape = reducedShape(x.shape, axes, keepDims)
  if (axes.length === 0) return { ...x, shape }
  // What repeats along an axis need not be stretched to be reduced, but a sum counts it.
  const stretched = x.value.shape.length === 0 ? axes : axes.filter((a) => x.value.shape[axisIn(x.layout, a)] === 1)
  const repeats = stretched.reduce((n, a) => n * x.shape[a]!, 1)
  let value = x.value
  if (name === 'ReduceSum' && repeats !== 1) value = mul(value, scalar(repeats, value.type))
  else if (name === 'ReduceProd' && repeats !== 1) value = apply('Pow', [value, scalar(repeats, value.type)])
  if (value.shape.length === 0) return { value, shape, dtype: x.dtype, layout: 'plain' }
  const physical = axes.map((a) => axisIn(x.layout, a))
  value = reduce(name, value, physical, keepDims)
  if (keepDims || x.layout === 'plain') return { value, shape, dtype: x.dtype, layout: x.layout }
  // The axes that are left lie in the order of channels first.
  const left = [0, 1, 2, 3].filter((a) => !axes.includes(a))
  const lying = [...left].sort((a, b) => axisIn('channelsFirst', a) - axisIn('channelsFirst', b))
  value = transpose(
    value,
    left.map((a) => lying.indexOf(a)),
  )
  return { value, shape, dtype: x.dtype, layout: 'plain' }
}

const reduction =
  (name: Reduction, prepare: (x: Recorded) => Recorded = (x) => x, result?: DType) =>
  ({ x }: Unary, { axis, reductionIndices, keepDims }: Axes): Recorded => {
    const axes = util.parseAxisParam((axis ?? reductionIndices) as number[], x.shape)
    const reduced = reduceTensor(name, prepare(x), axes, keepDims ?? false)
    return result ? castTo(reduced, result) : reduced
  }

const whole32 = (x: Recorded) => castTo(x, 'int32')
const noBool = (x: Recorded) => (x.dtype === 'bool' ? whole32(x) : x)

const argument =
  (name: 'ArgMax' | 'ArgMin') =>
  ({ x }: Unary, { axis }: { axis: number }): Recorded => {
    const [along] = util.parseAxisParam(axis, x.shape)
    const attributes = { axis: along!, keepdims: 0, select_last_index: 0 }
    return plainValue(cast(apply(name, [whole(noBool(x))], attributes), 'int32'))
  }

function softmax({ logits }: { logits: Recorded }, { dim }: SoftmaxAttrs): Recorded {
  const [axis] = util.parseAxisParam(dim, logits.shape)
  return plainValue(apply('Softmax', [whole(float(logits))], { axis: axis! }))
}

/** x - log(sum(exp(x))), with the greatest element taken out before the exponential. */
function logSoftmax({ logits }: { logits: Recorded }, { axis }: LogSoftmaxAttrs): Recorded {
  const axes = util.parseAxisParam(axis, logits.shape)
  const x = whole(float(logits))
  const shifted = sub(x, reduce('ReduceMax', x, axes, true))
  return plainValue(sub(shifted, apply('Log', [reduce('ReduceSum', apply('Exp', [shifted]), axes, true)])))
}

/** Products of all elements up to each one, as ONNX has only sums: n products over n elements, of which some are 1. */
function cumulativeProduct({ x }: Unary, { axis, exclusive, reverse }: CumprodAttrs): Recorded {
  const numbers = noBool(x)
  const at = axis < 0 ? axis + x.shape.length : axis
  const n = x.shape[at]!
  const counted = Uint8Array.from({ length: n * n }, (_, i) => {
    const distance = (reverse ? -1 : 1) * (Math.floor(i / n) - (i % n))
    return Number(exclusive ? distance > 0 : distance >= 0)
  })
  const after = x.shape.slice(at + 1)
  const mask = constant(counted, [n, n, ...after.map(() => 1)], 'bool')
  const repeated = reshape(whole(numbers), [...x.shape.slice(0, at), 1, n, ...after])
  const factors = apply('Where', [mask, repeated, scalar(1, numbers.value.type)])
  return plainValue(reduce('ReduceProd', factors, [at + 1], false))
}

export const reductions = {
  Sum: reduction('ReduceSum', noBool),
  Mean: reduction('ReduceMean', float),
  Max: reduction('ReduceMax', noBool),
  Min: reduction('ReduceMin', noBool),
  Prod: reduction('ReduceProd', noBool),
  All: reduction('ReduceMin', whole32, 'bool'),
  Any: reduction('ReduceMax', whole32, 'bool'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  Cumprod: cumulativeProduct,
} satisfies Rules
