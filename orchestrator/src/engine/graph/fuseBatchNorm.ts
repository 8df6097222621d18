// Finds batch norm as training writes it, one operation after the other, and gives it to onnxruntime as one operator:
// 128 images of 32x32x32 take 4.7 ms on one thread instead of 10.5.
import { add, apply, applyAll, sub } from './build.ts'
import { bothWays, fuse, made } from './fuse.ts'
import { rewrite } from './rewrite.ts'
import { constantNumbers, constantScalar, type Operation, type Value } from './value.ts'

/** The parts of (x - mean) * (scale / sqrt(variance + epsilon)) + offset, over the channels of [N,C,H,W]. */
interface BatchNorm {
  x: Value
  scale: Value
  offset: Value
  epsilon: number
  mean: Value
  variance: Value
  y: Value
}

/** The same values, in the same order, from a graph in which each batch norm of a batch is one operation. */
export function fuseBatchNorm(values: readonly Value[]): Value[] {
  return fuse(values, (operation) => {
    const norm = batchNormOf(operation)
    if (!norm) return undefined
    const { x, mean, variance, y } = norm
    return { gives: [y, mean, variance], first: mean, make: (now) => fused({ ...norm, x: now(x) }) }
  })
}

/** The same values, in the same order, with each batch's statistics as they are and one operation that applies them. */
export function applyBatchNorm(values: readonly Value[]): Value[] {
  return rewrite(values, {
    Add: ([a, b]) => {
      const norm = batchNormOf(made(add(a!, b!), 'Add')!)
      if (!norm) return undefined
      const { x, scale, offset, mean, variance, epsilon } = norm
      return apply('BatchNormalization', [x, scale, offset, mean, variance], { epsilon })
    },
  })
}

function fused({ x, scale, offset, epsilon }: BatchNorm): Value[] {
  // With momentum 0 these count for nothing. They are computed, since onnxruntime writes the mean and the variance
  // over them: over a constant that others share, too.
  const before = [offset, scale].map((value) => sub(value, value))
  const attributes = { epsilon, momentum: 0, training_mode: 1 }
  return applyAll('TrainingBatchNormalization', [x, scale, offset, ...before], attributes)
}

/** The batch norm whose last operation this is. */
function batchNormOf(operation: Operation): BatchNorm | undefined {
  const [y] = operation.outputs as [Value]
  if (operation.operator !== 'Add' || y.shape.length !== 4) return undefined
  for (const [scaled, shift] of bothWays(operation)) {
    const offset = perChannel(shift, y)
    for (const [centered, factor] of bothWays(made(scaled, 'Mul'))) {
      const [x, center] = made(centered, 'Sub')?.inputs ?? []
      const mean = x && perChannel(center, y)
      if (!offset || !mean || averaged(mean) !== x) continue
      for (const [scale, inverse] of bothWays(made(perChannel(factor, y), 'Mul'))) {
        const sum = made(made(made(inverse, 'Reciprocal')?.inputs[0], 'Sqrt')?.inputs[0], 'Add')
        const [variance, small] = sum?.inputs ?? []
        const epsilon = small && constantScalar(small)
        const square = made(averaged(variance), 'Mul')
        if (!variance || epsilon === undefined || square?.inputs.some((side) => side !== centered) !== false) continue
        // What is computed may need the mean, which the fused operation gives only together with the result.
        if (scale.from.kind !== 'placeholder' || offset.from.kind !== 'placeholder') continue
        return { x, scale, offset, epsilon, mean, variance, y }
      }
    }
  }
  return undefined
}

/** The channels' values [C], if this is them as [1,C,1,1]. */
function perChannel(value: Value | undefined, { shape }: Value): Value | undefined {
  const channels = made(value, 'Reshape')?.inputs[0]
  return value?.shape.join() === `1,${shape[1]},1,1` && channels?.shape.length === 1 ? channels : undefined
}

/** What this is the mean of over all axes but the channels'. */
function averaged(value: Value | undefined): Value | undefined {
  const mean = made(value, 'ReduceMean')
  if (mean?.attributes.keepdims !== 0) return undefined
  return [...constantNumbers(mean.inputs[1])!].sort().join() === '0,2,3' ? mean.inputs[0] : undefined
}
