// Graphs as data: their text, their verification, and what the optimiser does to them.
import { add, apply, cast, mul, reduce, reshape, sub, transpose } from '@retort/orchestrator/engine/graph/build'
import { fuseBatchNorm } from '@retort/orchestrator/engine/graph/fuseBatchNorm'
import { fuseLayerNorm } from '@retort/orchestrator/engine/graph/fuseLayerNorm'
import { optimise } from '@retort/orchestrator/engine/graph/optimise'
import { ordered } from '@retort/orchestrator/engine/graph/order'
import { printGraph } from '@retort/orchestrator/engine/graph/print'
import { constant, type Operation, placeholder, scalar, type Value } from '@retort/orchestrator/engine/graph/value'
import { verify } from '@retort/orchestrator/engine/graph/verify'
import { describe, expect, it } from 'vitest'

const x = placeholder('x', [2, 3], 'float32')
const w = placeholder('w', [3, 4], 'float32')
const b = placeholder('b', [4], 'float32')

const inputs = [x, w, b].map((value) => ({ name: (value.from as { name: string }).name, value }))
const print = (...values: Value[]) =>
  printGraph({ inputs, outputs: values.map((value, i) => ({ name: `y${i}`, value })) })
    .split('\n')
    .slice(inputs.length)

const dense = add(apply('Gemm', [x, w], { transA: 0, transB: 0, alpha: 1, beta: 1 }), b)

it('prints as text, in the order in which it runs', () => {
  const positive = apply('Relu', [dense])
  expect(printGraph({ inputs, outputs: [{ name: 'y', value: mul(positive, scalar(0.5)) }] })).toBe(
    [
      'x: float32[2,3]',
      'w: float32[3,4]',
      'b: float32[4]',
      '%0: float32[2,4] = Gemm(x, w) {transA=0 transB=0 alpha=1 beta=1}',
      '%1: float32[2,4] = Add(%0, b)',
      '%2: float32[2,4] = Relu(%1)',
      '%3: float32[2,4] = Mul(%2, 0.5)',
      'return y = %3',
    ].join('\n'),
  )
})

it('refuses operands that do not fit when it is built', () => {
  expect(() => apply('MatMul', [w, x])).toThrow(
    'MatMul(float32[3,4], float32[2,3]): matrices [3,4] and [2,3] do not fit',
  )
  expect(() => add(x, cast(x, 'int32'))).toThrow('inputs differ in type: float32 and int32')
  expect(() => reshape(x, [5])).toThrow('[2,3] cannot be reshaped to [5]')
})

it('is verified, and a fault is shown with the text around it', () => {
  const broken: Value = { ...dense, shape: [2, 5], from: { ...dense.from, outputs: [] } as never }
  ;(broken.from as unknown as { outputs: Value[] }).outputs.push(broken)
  expect(() => verify({ inputs, outputs: [{ name: 'y', value: apply('Relu', [broken]) }] })).toThrow(
    [
      'The recorded graph is wrong: Add: result 0 is float32[2,4], but float32[2,5] was recorded',
      '  x: float32[2,3]',
      '  w: float32[3,4]',
      '  b: float32[4]',
      '  %0: float32[2,4] = Gemm(x, w) {transA=0 transB=0 alpha=1 beta=1}',
      '> %1: float32[2,5] = Add(%0, b)',
      '  %2: float32[2,5] = Relu(%1)',
      '  return y = %2',
    ].join('\n'),
  )
})

it('is refused if something is read that is not fed', () => {
  expect(() => verify({ inputs: inputs.slice(0, 2), outputs: [{ name: 'y', value: dense }] })).toThrow(
    "input 1 of Add is 'b', which is not fed",
  )
})

it('is refused if an attribute is unknown or of another kind', () => {
  const soft = apply('Softmax', [x], { axis: 0.5 })
  expect(() => verify({ inputs, outputs: [{ name: 'y', value: soft }] })).toThrow('attribute axis must be int, got 0.5')
  const odd = apply('Exp', [x], { axis: 1 })
  expect(() => verify({ inputs, outputs: [{ name: 'y', value: odd }] })).toThrow('Exp: has no attribute axis')
})

it('computes what is the same once', () => {
  const twice = optimise([add(mul(x, scalar(2)), mul(x, scalar(2)))])
  expect(print(...twice)).toEqual(['%0: float32[2,3] = Mul(x, 2)', '%1: float32[2,3] = Add(%0, %0)', 'return y0 = %1'])
})

it('leaves out what changes nothing', () => {
  const idle = add(mul(apply('Neg', [apply('Neg', [x])]), scalar(1)), scalar(0))
  expect(optimise([idle])).toEqual([x])
  expect(optimise([transpose(transpose(w, [1, 0]), [1, 0])])).toEqual([w])
  expect(optimise([reshape(reshape(w, [2, 6]), [3, 4])])).toEqual([w])
})

it('keeps a neutral number that stretches the other operand', () => {
  const stretched = mul(b, constant(new Float32Array(8).fill(1), [2, 4], 'float32'))
  expect(optimise([stretched])[0]!.shape).toEqual([2, 4])
})

it('gives a bias to the product, unless something else reads the product', () => {
  expect(print(...optimise([dense]))[0]).toBe('%0: float32[2,4] = Gemm(x, w, b) {transA=0 transB=0 alpha=1 beta=1}')
  const product = apply('Gemm', [x, w], { transA: 0, transB: 0, alpha: 1, beta: 1 })
  expect(print(...optimise([add(product, b), apply('Exp', [product])]))[1]).toBe('%1: float32[2,4] = Add(%0, b)')
})

it('rearranges constants beforehand', () => {
  const filter = constant(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3], 'float32')
  const [turned] = optimise([transpose(filter, [1, 0])]) as [Value]
  expect(turned.from).toEqual({ kind: 'constant', data: Float32Array.of(1, 4, 2, 5, 3, 6) })
})

describe('batch norm as training writes it', () => {
  const images = placeholder('images', [2, 3, 4, 5], 'float32')
  const [gamma, beta] = ['gamma', 'beta'].map((name) => placeholder(name, [3], 'float32')) as [Value, Value]
  const perChannel = (value: Value) => reshape(value, [1, 3, 1, 1])

  const normalised = (axes: number[]) => {
    const mean = reduce('ReduceMean', images, axes, false)
    const centered = sub(images, perChannel(mean))
    const variance = reduce('ReduceMean', mul(centered, centered), axes, false)
    const inverse = apply('Reciprocal', [apply('Sqrt', [add(variance, scalar(0.5))])])
    return { mean, variance, y: add(mul(centered, perChannel(mul(gamma, inverse))), perChannel(beta)) }
  }

  it('becomes one operation, which also gives mean and variance', () => {
    const { mean, variance, y } = normalised([0, 2, 3])
    const [one, ...others] = fuseBatchNorm([y, mean, variance])
    const operation = one!.from as Operation
    expect(operation).toMatchObject({
      operator: 'TrainingBatchNormalization',
      attributes: { epsilon: 0.5, momentum: 0, training_mode: 1 },
    })
    expect(operation.inputs.slice(0, 3)).toEqual([images, gamma, beta])
    expect([one, ...others]).toEqual(operation.outputs)
    expect(ordered([one!, ...others]).map(({ operator }) => operator)).toEqual([
      'Sub',
      'Sub',
      'TrainingBatchNormalization',
    ])
  })

  it('stays as it is where its statistics are of something else', () => {
    const { y } = normalised([3, 2, 0])
    expect(fuseBatchNorm([y])[0]!.from).toMatchObject({ operator: 'TrainingBatchNormalization' })
    const centered = sub(images, perChannel(gamma))
    const variance = reduce('ReduceMean', mul(centered, centered), [0, 2, 3], false)
    const inverse = apply('Reciprocal', [apply('Sqrt', [add(variance, scalar(0.5))])])
    const other = add(mul(centered, perChannel(mul(gamma, inverse))), perChannel(beta))
    expect(fuseBatchNorm([other])).toEqual([other])
  })
})

describe('layer norm as the zoo writes it', () => {
  const x = placeholder('x', [2, 3, 4], 'float32')
  const [gamma, beta] = ['gamma', 'beta'].map((name) => placeholder(name, [4], 'float32')) as [Value, Value]
  const alongLast = (value: Value) => reshape(value, [1, 1, 4])

  const normalised = (axis: number, scale = gamma) => {
    const mean = reduce('ReduceMean', x, [axis], true)
    const centered = sub(x, mean)
    const variance = reduce('ReduceMean', mul(centered, centered), [axis], true)
    const inverse = apply('Reciprocal', [apply('Sqrt', [add(variance, scalar(0.5))])])
    const normal = mul(centered, inverse)
    return { mean, inverse, normal, y: add(mul(normal, alongLast(scale)), alongLast(beta)) }
  }

  it('becomes one operation, which also gives what its gradient reads', () => {
    const { mean, inverse, normal, y } = normalised(2)
    const [one, ...others] = fuseLayerNorm([y, mean, inverse, normal])
    const operation = one!.from as Operation
    expect(operation).toMatchObject({ operator: 'LayerNormalization', attributes: { axis: 2, epsilon: 0.5 } })
    expect(operation.inputs).toEqual([x, gamma, beta])
    expect([one, ...others.slice(0, 2)]).toEqual(operation.outputs)
    expect(ordered([one!, ...others]).map(({ operator }) => operator)).toEqual(['LayerNormalization', 'Sub', 'Mul'])
  })

  it('stays as it is over another axis, or where its scale is computed', () => {
    for (const { y } of [normalised(1), normalised(2, mul(gamma, gamma))]) expect(fuseLayerNorm([y])).toEqual([y])
  })
})
