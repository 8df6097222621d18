// Average pooling and nearest upsampling as what they are, a mean or a choice of rows along each axis: matrices out of
// their formulas, in float64. TensorFlow.js's CPU backend has wrong gradients of both.
import * as tf from '@tensorflow/tfjs-core'

/** For each new row, how much of each old one it has. */
export type Mix = number[][]

/** A window's mean over the cells that are there; with 'same' as many windows as strides fit, centered, one more after. */
export function averages(from: number, size: number, stride: number, pad: 'same' | 'valid' | number): Mix {
  const same = pad === 'same'
  const out = same
    ? Math.ceil(from / stride)
    : Math.floor((from + 2 * (pad === 'valid' ? 0 : (pad as number)) - size) / stride) + 1
  const all = same ? Math.max(0, (out - 1) * stride + size - from) : 0
  const before = same ? Math.floor(all / 2) : pad === 'valid' ? 0 : (pad as number)
  return Array.from({ length: out }, (_, place) => {
    const start = place * stride - before
    const there = Array.from({ length: from }, (_, at) => at >= start && at < start + size)
    return there.map((is) => (is ? 1 / there.filter(Boolean).length : 0))
  })
}

/** The old row under each new one: their first ones and last ones meet, or their edges do. */
export function nearest(from: number, to: number, corners: boolean, centers = false): Mix {
  return Array.from({ length: to }, (_, place) => {
    const aligned = to > 1 ? Math.round((place * (from - 1)) / (to - 1)) : 0
    // Of whole numbers, which no rounding takes below the next.
    const row = corners ? aligned : Math.floor(centers ? ((2 * place + 1) * from) / (2 * to) : (place * from) / to)
    return Array.from({ length: from }, (_, at) => Number(at === Math.min(from - 1, row)))
  })
}

/** Mixed along one axis after the other, in float64. */
export function mixed(
  values: number[],
  shape: number[],
  mixes: Map<number, Mix>,
): { values: number[]; shape: number[] } {
  let [now, sides] = [values, shape]
  for (const [axis, mix] of mixes) {
    const after = sides.slice(axis + 1).reduce((n, m) => n * m, 1)
    const [old, from] = [now, sides[axis]!]
    const before = old.length / (from * after)
    now = Array.from({ length: before * mix.length * after }, (_, at) => {
      const [outer, row, inner] = [
        Math.floor(at / (mix.length * after)),
        Math.floor(at / after) % mix.length,
        at % after,
      ]
      return mix[row]!.reduce((sum, share, k) => sum + share * old[(outer * from + k) * after + inner]!, 0)
    })
    sides = sides.map((side, k) => (k === axis ? mix.length : side))
  }
  return { values: now, shape: sides }
}

/** What goes back: each old row's part of each new one. */
export const transposed = (mix: Mix): Mix => mix[0]!.map((_, old) => mix.map((row) => row[old]!))

/** The same in TensorFlow.js, with its gradient. */
export function mixedTensor(x: tf.Tensor, mixes: Map<number, Mix>): tf.Tensor {
  let now = x
  for (const [axis, mix] of mixes) {
    const order = [...now.shape.keys()].filter((k) => k !== axis).concat(axis)
    const last = tf.transpose(now, order)
    const rows = tf.matMul(tf.reshape(last, [-1, mix[0]!.length]), tf.tensor2d(mix), false, true)
    const back = order.map((_, k) => order.indexOf(k))
    now = tf.transpose(tf.reshape(rows, [...last.shape.slice(0, -1), mix.length]), back)
  }
  return now
}
