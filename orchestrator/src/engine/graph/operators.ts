// The ONNX operators (opset 18) that rules may use: their attributes, and the type of what they give. One table
// for building and for verifying, so that a graph that was built wrongly or spoilt by a pass is found before it runs.
import { type Attributes, constantNumbers, type ElementType, size, type TensorType, type Value } from './value.ts'

type AttributeKind = 'int' | 'ints' | 'float' | 'string'

export interface Operator {
  attributes?: Readonly<Record<string, AttributeKind>>
  /** Types of the outputs; throws an Error that says what does not fit. */
  infer(inputs: readonly (Value | undefined)[], attributes: Attributes): TensorType[]
}

type Inputs = readonly (Value | undefined)[]

export function required(inputs: Inputs, index: number): Value {
  const value = inputs[index]
  if (!value) throw new Error(`input ${index} is missing`)
  return value
}

function expectType(value: Value, allowed: readonly ElementType[], what: string): void {
  if (!allowed.includes(value.type)) throw new Error(`${what} must be ${allowed.join(' or ')}, got ${value.type}`)
}

function numbers(inputs: Inputs, index: number, what: string): number[] {
  const values = constantNumbers(inputs[index])
  if (!values) throw new Error(`${what} must be a constant`)
  return values
}

export function broadcast(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length))
  return Array.from({ length: rank }, (_, i) => {
    let dimension = 1
    for (const shape of shapes) {
      const n = shape[i - rank + shape.length] ?? 1
      if (n === 1 || n === dimension) continue
      if (dimension !== 1) throw new Error(`shapes ${shapes.map((s) => `[${s}]`).join(' and ')} do not broadcast`)
      dimension = n
    }
    return dimension
  })
}

const NUMERIC: ElementType[] = ['float32', 'int32', 'int64']
const FLOAT: ElementType[] = ['float32']
const BOOL: ElementType[] = ['bool']

function unary(types: ElementType[], result?: ElementType, attributes?: Operator['attributes']): Operator {
  return {
    attributes,
    infer: (inputs) => {
      const x = required(inputs, 0)
      expectType(x, types, 'input')
      return [{ shape: x.shape, type: result ?? x.type }]
    },
  }
}

function binary(types: ElementType[], result?: ElementType, attributes?: Operator['attributes']): Operator {
  return {
    attributes,
    infer: (inputs) => {
      const [a, b] = [required(inputs, 0), required(inputs, 1)]
      expectType(a, types, 'first input')
      if (a.type !== b.type) throw new Error(`inputs differ in type: ${a.type} and ${b.type}`)
      return [{ shape: broadcast(a.shape, b.shape), type: result ?? a.type }]
    },
  }
}

export function reducedShape(shape: readonly number[], axes: readonly number[], keep: boolean): number[] {
  for (const axis of axes) if (axis < 0 || axis >= shape.length) throw new Error(`axis ${axis} outside [${shape}]`)
  return keep ? shape.map((n, i) => (axes.includes(i) ? 1 : n)) : shape.filter((_, i) => !axes.includes(i))
}

const reduction = (types: ElementType[] = NUMERIC): Operator => ({
  attributes: { keepdims: 'int' },
  infer: (inputs, { keepdims }) => {
    const x = required(inputs, 0)
    expectType(x, types, 'input')
    return [{ shape: reducedShape(x.shape, numbers(inputs, 1, 'axes'), keepdims === 1), type: x.type }]
  },
})

const argument: Operator = {
  attributes: { axis: 'int', keepdims: 'int', select_last_index: 'int' },
  infer: (inputs, { axis, keepdims }) => [
    { shape: reducedShape(required(inputs, 0).shape, [axis as number], keepdims === 1), type: 'int64' },
  ],
}

/** Length of one axis after a window of `kernel` (dilated) slides over it with `stride`, padded by begin and end. */
function windows(n: number, kernel: number, stride: number, dilation: number, begin: number, end: number): number {
  const length = Math.floor((n + begin + end - (dilation * (kernel - 1) + 1)) / stride) + 1
  if (length < 0) throw new Error(`a window of ${kernel} does not fit into ${n} padded by ${begin} and ${end}`)
  return length
}

function spatial(x: Value, kernel: readonly number[], attributes: Attributes): number[] {
  const strides = attributes.strides as number[]
  const pads = attributes.pads as number[]
  const dilations = (attributes.dilations as number[] | undefined) ?? kernel.map(() => 1)
  return kernel.map((k, i) =>
    windows(x.shape[i + 2]!, k, strides[i]!, dilations[i]!, pads[i]!, pads[i + kernel.length]!),
  )
}

const conv: Operator = {
  attributes: { strides: 'ints', pads: 'ints', dilations: 'ints', group: 'int', kernel_shape: 'ints' },
  infer: (inputs, attributes) => {
    const [x, w] = [required(inputs, 0), required(inputs, 1)]
    expectType(x, FLOAT, 'input')
    const group = attributes.group as number
    if (x.shape[1] !== w.shape[1]! * group) {
      throw new Error(`input [${x.shape}] has not the channels of filter [${w.shape}] in ${group} groups`)
    }
    const bias = inputs[2]
    if (bias && (bias.shape.length !== 1 || bias.shape[0] !== w.shape[0])) {
      throw new Error(`bias [${bias.shape}] does not fit filter [${w.shape}]`)
    }
    return [{ shape: [x.shape[0]!, w.shape[0]!, ...spatial(x, w.shape.slice(2), attributes)], type: x.type }]
  },
}

const convTranspose: Operator = {
  attributes: { strides: 'ints', pads: 'ints', dilations: 'ints', group: 'int', output_padding: 'ints' },
  infer: (inputs, attributes) => {
    const [x, w] = [required(inputs, 0), required(inputs, 1)]
    const { strides, pads, dilations, output_padding: extra, group } = attributes as Record<string, number[]>
    if (x.shape[1] !== w.shape[0]) throw new Error(`input [${x.shape}] has not the channels of filter [${w.shape}]`)
    const kernel = w.shape.slice(2)
    const shape = kernel.map(
      (k, i) =>
        strides![i]! * (x.shape[i + 2]! - 1) +
        extra![i]! +
        (k - 1) * dilations![i]! +
        1 -
        pads![i]! -
        pads![i + kernel.length]!,
    )
    return [{ shape: [x.shape[0]!, w.shape[1]! * Number(group), ...shape], type: x.type }]
  },
}

const pool = (extra: Operator['attributes'], indices: boolean): Operator => ({
  attributes: { kernel_shape: 'ints', strides: 'ints', pads: 'ints', ...extra },
  infer: (inputs, attributes) => {
    const x = required(inputs, 0)
    const shape = [...x.shape.slice(0, 2), ...spatial(x, attributes.kernel_shape as number[], attributes)]
    return indices
      ? [
          { shape, type: x.type },
          { shape, type: 'int64' },
        ]
      : [{ shape, type: x.type }]
  },
})

const matMul: Operator = {
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

const gemm: Operator = {
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

const reshape: Operator = {
  infer: (inputs) => {
    const x = required(inputs, 0)
    const shape = numbers(inputs, 1, 'shape')
    if (size(shape) !== size(x.shape)) throw new Error(`[${x.shape}] cannot be reshaped to [${shape}]`)
    return [{ shape, type: x.type }]
  },
}

const transpose: Operator = {
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

const expand: Operator = {
  infer: (inputs) => {
    const x = required(inputs, 0)
    return [{ shape: broadcast(x.shape, numbers(inputs, 1, 'shape')), type: x.type }]
  },
}

const concat: Operator = {
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

const slice: Operator = {
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

const pad: Operator = {
  attributes: { mode: 'string' },
  infer: (inputs) => {
    const x = required(inputs, 0)
    const pads = numbers(inputs, 1, 'pads')
    const rank = x.shape.length
    return [{ shape: x.shape.map((n, i) => n + pads[i]! + pads[i + rank]!), type: x.type }]
  },
}

const tile: Operator = {
  infer: (inputs) => {
    const x = required(inputs, 0)
    const repeats = numbers(inputs, 1, 'repeats')
    return [{ shape: x.shape.map((n, i) => n * repeats[i]!), type: x.type }]
  },
}

const gather: Operator = {
  attributes: { axis: 'int' },
  infer: (inputs, { axis }) => {
    const [x, indices] = [required(inputs, 0), required(inputs, 1)]
    expectType(indices, ['int32', 'int64'], 'indices')
    const at = axis as number
    return [{ shape: [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)], type: x.type }]
  },
}

const gatherElements: Operator = {
  attributes: { axis: 'int' },
  infer: (inputs) => [{ shape: required(inputs, 1).shape, type: required(inputs, 0).type }],
}

const gatherNd: Operator = {
  attributes: { batch_dims: 'int' },
  infer: (inputs, { batch_dims }) => {
    const [x, indices] = [required(inputs, 0), required(inputs, 1)]
    expectType(indices, ['int64'], 'indices')
    const depth = indices.shape.at(-1)!
    return [{ shape: [...indices.shape.slice(0, -1), ...x.shape.slice((batch_dims as number) + depth)], type: x.type }]
  },
}

/** Scatter and the like: the result has the type of the first input. */
const likeFirst = (attributes: Operator['attributes'] = {}): Operator => ({
  attributes,
  infer: (inputs) => [{ shape: required(inputs, 0).shape, type: required(inputs, 0).type }],
})

const oneHot: Operator = {
  attributes: { axis: 'int' },
  infer: (inputs) => {
    const [indices, values] = [required(inputs, 0), required(inputs, 2)]
    return [{ shape: [...indices.shape, ...numbers(inputs, 1, 'depth')], type: values.type }]
  },
}

const where: Operator = {
  infer: (inputs) => {
    const [condition, a, b] = [required(inputs, 0), required(inputs, 1), required(inputs, 2)]
    expectType(condition, BOOL, 'condition')
    if (a.type !== b.type) throw new Error(`branches differ in type: ${a.type} and ${b.type}`)
    return [{ shape: broadcast(condition.shape, a.shape, b.shape), type: a.type }]
  },
}

const TYPE_OF_NUMBER: Record<number, ElementType> = { 1: 'float32', 6: 'int32', 7: 'int64', 9: 'bool' }

const cast: Operator = {
  attributes: { to: 'int' },
  infer: (inputs, { to }) => [{ shape: required(inputs, 0).shape, type: TYPE_OF_NUMBER[to as number]! }],
}

const split: Operator = {
  attributes: { axis: 'int' },
  infer: (inputs, { axis }) => {
    const x = required(inputs, 0)
    return numbers(inputs, 1, 'sizes').map((n) => ({
      shape: x.shape.map((m, i) => (i === axis ? n : m)),
      type: x.type,
    }))
  },
}

const topK: Operator = {
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

const maxUnpool: Operator = {
  attributes: { kernel_shape: 'ints', strides: 'ints', pads: 'ints' },
  infer: (inputs) => [{ shape: numbers(inputs, 2, 'output shape'), type: required(inputs, 0).type }],
}

const resize: Operator = {
  attributes: { mode: 'string', coordinate_transformation_mode: 'string', nearest_mode: 'string' },
  infer: (inputs) => [{ shape: numbers(inputs, 3, 'sizes'), type: required(inputs, 0).type }],
}

const spaceDepth: Operator = {
  attributes: { blocksize: 'int', mode: 'string' },
  infer: (inputs, { blocksize }) => {
    const [n, c, h, w] = required(inputs, 0).shape as [number, number, number, number]
    const block = blocksize as number
    return [{ shape: [n, c / (block * block), h * block, w * block], type: required(inputs, 0).type }]
  },
}

const batchNormalization: Operator = {
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

const FLOAT_UNARY = {
  Exp: unary(FLOAT),
  Log: unary(FLOAT),
  Sqrt: unary(FLOAT),
  Reciprocal: unary(FLOAT),
  Floor: unary(FLOAT),
  Ceil: unary(FLOAT),
  Round: unary(FLOAT),
  Sin: unary(FLOAT),
  Cos: unary(FLOAT),
  Tan: unary(FLOAT),
  Asin: unary(FLOAT),
  Acos: unary(FLOAT),
  Atan: unary(FLOAT),
  Sinh: unary(FLOAT),
  Cosh: unary(FLOAT),
  Tanh: unary(FLOAT),
  Asinh: unary(FLOAT),
  Acosh: unary(FLOAT),
  Atanh: unary(FLOAT),
  Erf: unary(FLOAT),
  Sigmoid: unary(FLOAT),
  Softplus: unary(FLOAT),
  Elu: unary(FLOAT, undefined, { alpha: 'float' }),
  Selu: unary(FLOAT, undefined, { alpha: 'float', gamma: 'float' }),
  LeakyRelu: unary(FLOAT, undefined, { alpha: 'float' }),
  Softmax: unary(FLOAT, undefined, { axis: 'int' }),
  LogSoftmax: unary(FLOAT, undefined, { axis: 'int' }),
  LRN: unary(FLOAT, undefined, { alpha: 'float', beta: 'float', bias: 'float', size: 'int' }),
  IsNaN: unary(FLOAT, 'bool'),
  IsInf: unary(FLOAT, 'bool'),
} as const

export const OPERATORS = {
  ...FLOAT_UNARY,
  Abs: unary(NUMERIC),
  Neg: unary(NUMERIC),
  Sign: unary(NUMERIC),
  Relu: unary(['float32', 'int32']),
  Not: unary(BOOL),
  Identity: unary([...NUMERIC, 'bool']),
  Clip: unary(NUMERIC),
  CumSum: unary(NUMERIC, undefined, { exclusive: 'int', reverse: 'int' }),
  Trilu: unary([...NUMERIC, 'bool'], undefined, { upper: 'int' }),
  Add: binary(NUMERIC),
  Sub: binary(NUMERIC),
  Mul: binary(NUMERIC),
  Div: binary(NUMERIC),
  Pow: binary(NUMERIC),
  Max: binary(NUMERIC),
  Min: binary(NUMERIC),
  Mod: binary(NUMERIC, undefined, { fmod: 'int' }),
  PRelu: binary(FLOAT),
  And: binary(BOOL),
  Or: binary(BOOL),
  Xor: binary(BOOL),
  Equal: binary([...NUMERIC, 'bool'], 'bool'),
  Less: binary(NUMERIC, 'bool'),
  LessOrEqual: binary(NUMERIC, 'bool'),
  Greater: binary(NUMERIC, 'bool'),
  GreaterOrEqual: binary(NUMERIC, 'bool'),
  ReduceSum: reduction(),
  ReduceMean: reduction(),
  ReduceMax: reduction(),
  ReduceMin: reduction(),
  ReduceProd: reduction(),
  ReduceSumSquare: reduction(),
  ArgMax: argument,
  ArgMin: argument,
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: pool({ storage_order: 'int' }, true),
  AveragePool: pool({ count_include_pad: 'int' }, false),
  MaxUnpool: maxUnpool,
  BatchNormalization: batchNormalization,
  MatMul: matMul,
  Gemm: gemm,
  Reshape: reshape,
  Transpose: transpose,
  Expand: expand,
  Concat: concat,
  Slice: slice,
  Split: split,
  Pad: pad,
  Tile: tile,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ScatterElements: likeFirst({ axis: 'int', reduction: 'string' }),
  ScatterND: likeFirst({ reduction: 'string' }),
  OneHot: oneHot,
  Where: where,
  Cast: cast,
  TopK: topK,
  Resize: resize,
  DepthToSpace: spaceDepth,
} as const satisfies Record<string, Operator>

export type OperatorName = keyof typeof OPERATORS

/** The table without the literal types of its keys. */
export const operator = (name: OperatorName): Operator => OPERATORS[name]
