// Finds layer norm over the last axis as zoo/layerNorm.ts writes it, and gives it to the device as one operator.
import { applyAll } from './build.ts'
import { bothWays, type Fusion, fuse, made } from './fuse.ts'
import { constantNumbers, constantScalar, type Operation, type Value } from './value.ts'

/** The same values, in the same order, from a graph in which each layer norm is one operation. */
export const fuseLayerNorm = (values: readonly Value[]): Value[] => fuse(values, layerNormOf)

/** (x - mean) * (1 / sqrt(variance + epsilon)) * scale + offset, if this is its last operation. */
function layerNormOf(operation: Operation): Fusion | undefined {
  const [y] = operation.outputs as [Value]
  if (operation.operator !== 'Add') return undefined
  for (const [scaled, shift] of bothWays(operation)) {
    const offset = alongLast(shift, y)
    for (const [normal, factor] of bothWays(made(scaled, 'Mul'))) {
      const scale = alongLast(factor, y)
      if (!offset || !scale) continue
      for (const [centered, inverse] of bothWays(made(normal, 'Mul'))) {
        const [x, mean] = made(centered, 'Sub')?.inputs ?? []
        const [variance, small] =
          made(made(made(inverse, 'Reciprocal')?.inputs[0], 'Sqrt')?.inputs[0], 'Add')?.inputs ?? []
        const epsilon = small && constantScalar(small)
        const square = made(averaged(variance), 'Mul')
        if (!x || !mean || averaged(mean) !== x || epsilon === undefined) continue
        if (square?.inputs.every((side) => side === centered) !== true) continue
        const attributes = { axis: x.shape.length - 1, epsilon }
        const make = (now: (value: Value) => Value) =>
          applyAll('LayerNormalization', [now(x), scale, offset], attributes)
        return { gives: [y, mean, inverse], first: mean, make }
      }
    }
  }
  return undefined
}

/** What the last axis has [n], if this is it as [..., 1, n], and nothing computes it. */
function alongLast(value: Value, { shape }: Value): Value | undefined {
  const list = made(value, 'Reshape')?.inputs[0]
  const fits = list?.shape.length === 1 && list.shape[0] === shape.at(-1) && value.shape.at(-1) === shape.at(-1)
  return fits && list.from.kind === 'placeholder' ? list : undefined
}

/** What this is the mean of along the last axis, which it keeps. */
function averaged(value: Value | undefined): Value | undefined {
  const mean = made(value, 'ReduceMean')
  const [x, axes] = mean?.inputs ?? []
  if (mean?.attributes.keepdims !== 1 || !x) return undefined
  return constantNumbers(axes)!.join() === `${x.shape.length - 1}` ? x : undefined
}
