// Rules for matrix products.
import type { BatchMatMulAttrs } from '@tensorflow/tfjs-core'
import { apply, reshape, transpose } from '../graph/build.ts'
import { size, type Value } from '../graph/value.ts'
import type { Binary, Rules } from '../record/kernelTypes.ts'
import { plainValue, type Recorded, whole } from '../record/recorded.ts'
import { type FusedAttributes, finish } from './activation.ts'

function product(a: Recorded, b: Recorded, transposeA: boolean, transposeB: boolean): Value {
  const [left, right] = [whole(a), whole(b)]
  const outer = a.shape.slice(0, -2)
  const alone = size(outer) === 1 && size(b.shape.slice(0, -2)) === 1
  if (alone && left.type === 'float32') {
    const matrices = [reshape(left, a.shape.slice(-2)), reshape(right, b.shape.slice(-2))]
    const result = apply('Gemm', matrices, {
      transA: Number(transposeA),
      transB: Number(transposeB),
      alpha: 1,
      beta: 1,
    })
    const rank = Math.max(a.shape.length, b.shape.length)
    return reshape(result, [...Array<number>(rank - 2).fill(1), ...result.shape])
  }
  return apply('MatMul', [turned(left, transposeA), turned(right, transposeB)])
}

function turned(x: Value, yes: boolean): Value {
  if (!yes) return x
  const rank = x.shape.length
  const axes = x.shape.map((_, i) => i)
  return transpose(x, [...axes.slice(0, -2), rank - 1, rank - 2])
}

interface Fused extends Binary {
  bias?: Recorded
  preluActivationWeights?: Recorded
}

export const matmul = {
  BatchMatMul: ({ a, b }: Binary, { transposeA, transposeB }: BatchMatMulAttrs) =>
    plainValue(product(a, b, transposeA, transposeB)),
  _FusedMatMul: (
    { a, b, bias, preluActivationWeights }: Fused,
    { transposeA, transposeB, ...fused }: BatchMatMulAttrs & FusedAttributes,
  ) => finish(plainValue(product(a, b, transposeA, transposeB)), bias, fused, preluActivationWeights),
} satisfies Rules
