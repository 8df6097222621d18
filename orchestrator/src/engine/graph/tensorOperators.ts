// Operators that multiply matrices, and that rearrange, pick or place elements.
import { BOOL, broadcast, expectType, numbers, type Operator, required } from './operatorKinds.ts'
import { type ElementType, size } from './value.ts'

export const matMul: Operator = {
  infer: (inputs) => {
    const [a, b] = [required(inputs, 0), required(inputs, 1)]
    if (a.type !== b.type) throw new Error(`inputs differ in type: ${a.type} and ${b.type}`)
    const [m, k] = a.shape.slice(-2)
    const [l, n] = b.shape.slice(-2)
    if (k !== l || a.shape.length < 2 || b.shape.length < 2) {
      throw new Error(`matrices [${a.shape}] and [${b.shape}] do not fit`)
    }
    return [{ shape: [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), m!, n!], type: a.type }]
  },
}

export const gemm: Operator = {
  attributes: { transA: 'int', transB: 'int', alpha: 'float', beta: 'float' },
  infer: (inputs, { transA, transB }) => {
    const [a, b] = [required(inputs, 0), required(inputs, 1)]
    const [m, k] = transA === 1 ? [a.shape[1], a.shape[0]] : a.shape
    const [l, n] = transB === 1 ? [b.shape[1], b.shape[0]] : b.shape
    if (a.shape.length !== 2 || b.shape.length !== 2 || k !== l) {
      throw new Error(`matrices [${a.shape}] and [${b.shape}] do not fit (transA ${transA}, transB ${transB})`)
    }
    const c = inputs[2]
    if (c && size(broadcast(c.shape, [m!, n!])) !== m! * n!) throw new Error(`[${c.shape}] is not added to [${m},${n}]`)
    return [{ shape: [m!, n!], type: a.type }]
  },
}

export const reshape: Operator = {
  infer: (inputs) => {
    const x = required(inputs, 0)
    const shape = numbers(inputs, 1, 'shape')
    if (size(shape) !== size(x.shape)) throw new Error(`[${x.shape}] cannot be reshaped to [${shape}]`)
    return [{ shape, type: x.type }]
  },
}

export const transpose: Operator = {
  attributes: { perm: 'ints' },
  infer: (inputs, { perm }) => {
    const x = required(inputs, 0)
    const order = perm as number[]
    if ([...order].sort((a, b) => a - b).join() !== x.shape.map((_, i) => i).join()) {
      throw new Error(`[${order}] does not order the axes of [${x.shape}]`)
    }
    return [{ shape: order.map((i) => x.shape[i]!), type: x.type }]
  },
}

export const expand: Operator = {
  infer: (inputs) => {
    const x = required(inputs, 0)
    return [{ shape: broadcast(x.shape, numbers(inputs, 1, 'shape')), type: x.type }]
  },
}

export const concat: Operator = {
  attributes: { axis: 'int' },
  infer: (inputs, { axis }) => {
    const first = required(inputs, 0)
    const along = axis as number
    let total = 0
    for (const [i] of inputs.entries()) {
      const x = required(inputs, i)
      if (x.type !== first.type || x.shape.some((n, d) => d !== along && n !== first.shape[d])) {
        throw new Error(`input ${i} [${x.shape}] does not join [${first.shape}] on axis ${along}`)
      }
      total += x.shape[along]!
    }
    return [{ shape: first.shape.map((n, d) => (d === along ? total : n)), type: first.type }]
  },
}

export const slice: Operator = {
  infer: (inputs) => {
    const x = required(inputs, 0)
    const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => numbers(inputs, i, 'a bound'))
    const shape = [...x.shape]
    for (const [i, axis] of axes!.entries()) {
      const n = x.shape[axis]!
      const step = steps![i]!
      const clamp = (at: number) =>
        step > 0 ? Math.min(Math.max(at < 0 ? at + n : at, 0), n) : Math.min(Math.max(at < 0 ? at + n : at, -1), n - 1)
      shape[axis] = Math.max(0, Math.ceil((clamp(ends![i]!) - clamp(starts![i]!)) / step))
    }
    return [{ shape, type: x.type }]
  },
}

export const pad: Operator = {
  attributes: { mode: 'string' },
  infer: (inputs) => {
    const x = required(inputs, 0)
    const pads = numbers(inputs, 1, 'pads')
    const rank = x.shape.length
    return [{ shape: x.shape.map((n, i) => n + pads[i]! + pads[i + rank]!), type: x.type }]
  },
}

export const tile: Operator = {
  infer: (inputs) => {
    const x = required(inputs, 0)
    const repeats = numbers(inputs, 1, 'repeats')
    return [{ shape: x.shape.map((n, i) => n * repeats[i]!), type: x.type }]
  },
}

export const gather: Operator = {
  attributes: { axis: 'int' },
  infer: (inputs, { axis }) => {
    const [x, indices] = [required(inputs, 0), required(inputs, 1)]
    expectType(indices, ['int32', 'int64'], 'indices')
    const at = axis as number
    return [{ shape: [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)], type: x.type }]
  },
}

export const gatherNd: Operator = {
  attributes: { batch_dims: 'int' },
  infer: (inputs, { batch_dims }) => {
    const [x, indices] = [required(inputs, 0), required(inputs, 1)]
    expectType(indices, ['int64'], 'indices')
    const depth = indices.shape.at(-1)!
    return [{ shape: [...indices.shape.slice(0, -1), ...x.shape.slice((batch_dims as number) + depth)], type: x.type }]
  },
}

export const oneHot: Operator = {
  attributes: { axis: 'int' },
  infer: (inputs) => {
    const [indices, values] = [required(inputs, 0), required(inputs, 2)]
    return [{ shape: [...indices.shape, ...numbers(inputs, 1, 'depth')], type: values.type }]
  },
}

export const where: Operator = {
  infer: (inputs) => {
    const [condition, a, b] = [required(inputs, 0), required(inputs, 1), required(inputs, 2)]
    expectType(condition, BOOL, 'condition')
    if (a.type !== b.type) throw new Error(`branches differ in type: ${a.type} and ${b.type}`)
    return [{ shape: broadcast(condition.shape, a.shape, b.shape), type: a.type }]
  },
}

export const TYPE_OF_NUMBER: Record<number, ElementType> = { 1: 'float32', 6: 'int32', 7: 'int64', 9: 'bool' }

export const cast: Operator = {
  attributes: { to: 'int' },
  infer: (inputs, { to }) => [{ shape: required(inputs, 0).shape, type: TYPE_OF_NUMBER[to as number]! }],
}

export const split: Operator = {
  attributes: { axis: 'int' },
  infer: (inputs, { axis }) => {
    const x = required(inputs, 0)
    return numbers(inputs, 1, 'sizes').map((n) => ({
      shape: x.shape.map((m, i) => (i === axis ? n : m)),
      type: x.type,
    }))
  },
}

export const topK: Operator = {
  attributes: { axis: 'int', largest: 'int', sorted: 'int' },
  infer: (inputs, { axis }) => {
    const x = required(inputs, 0)
    const [k] = numbers(inputs, 1, 'k')
    const shape = x.shape.map((n, i) => (i === axis ? k! : n))
    return [
      { shape, type: x.type },
      { shape, type: 'int64' },
    ]
  },
}

export const batchNormalization: Operator = {
  attributes: { epsilon: 'float' },
  infer: (inputs) => {
    const x = required(inputs, 0)
    for (const i of [1, 2, 3, 4]) {
      const shape = required(inputs, i).shape
      if (shape.length !== 1 || shape[0] !== x.shape[1]) throw new Error(`input ${i} [${shape}] is not [${x.shape[1]}]`)
    }
    return [{ shape: x.shape, type: x.type }]
  },
}

/** It also gives the means and the variances of the channels, since it keeps nothing of those it is fed. */
export const trainingBatchNormalization: Operator = {
  type: 'BatchNormalization',
  attributes: { epsilon: 'float', momentum: 'float', training_mode: 'int' },
  infer: (inputs, attributes) => {
    const [y] = batchNormalization.infer(inputs, attributes)
    const channel = { shape: required(inputs, 1).shape, type: y!.type }
    return [y!, channel, channel]
  },
}

/** It also gives the means along the axis and the inverse standard deviations, with an axis of length 1. */
export const layerNormalization: Operator = {
  attributes: { axis: 'int', epsilon: 'float' },
  optional: 1,
  infer: (inputs, { axis }) => {
    const x = required(inputs, 0)
    const length = x.shape[axis as number]
    if (axis !== x.shape.length - 1) throw new Error(`axis ${axis} is not the last of [${x.shape}]`)
    for (const i of [1, 2]) {
      const { shape } = required(inputs, i)
      if (shape.length !== 1 || shape[0] !== length) throw new Error(`input ${i} [${shape}] is not [${length}]`)
    }
    const statistics = { shape: [...x.shape.slice(0, -1), 1], type: x.type }
    return [{ shape: x.shape, type: x.type }, statistics, statistics]
  },
}
