// Rewrites for WebGPU that hold for every device: on the CPU the graphs before and after give the same.
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { add, apply, mul, reduce, reshape, sub } from '../../orchestrator/src/engine/graph/build.ts'
import { encode } from '../../orchestrator/src/engine/graph/encode.ts'
import { moveFactors } from '../../orchestrator/src/engine/graph/factors.ts'
import { joinAlike } from '../../orchestrator/src/engine/graph/joinAlike.ts'
import { sumOverFirst } from '../../orchestrator/src/engine/graph/longSums.ts'
import { ordered } from '../../orchestrator/src/engine/graph/order.ts'
import { rewrite } from '../../orchestrator/src/engine/graph/rewrite.ts'
import { placeholder, scalar, type Value } from '../../orchestrator/src/engine/graph/value.ts'
import { floats } from './compare.ts'

async function run(values: Value[], given: Map<Value, number>): Promise<number[][]> {
  const read = new Set(ordered(values).flatMap(({ inputs }) => inputs))
  const inputs = [...given.keys()].filter((value) => read.has(value)).map((value, i) => ({ name: `in ${i}`, value }))
  const outputs = values.map((value, i) => ({ name: `out ${i}`, value }))
  const session = await InferenceSession.create(encode({ inputs, outputs }, { name: 'test' }))
  const feeds = inputs.map(({ name, value }) => {
    const { values: data } = floats([...value.shape], { seed: given.get(value)! })
    return [name, new Tensor('float32', data, value.shape)] as const
  })
  const results = await session.run(Object.fromEntries(feeds))
  await session.release()
  return outputs.map(({ name }) => Array.from(results[name]!.data as Float32Array))
}

const count = (values: Value[], operator: string) => ordered(values).filter((each) => each.operator === operator).length

async function expectSame(before: Value[], after: Value[], inputs: Value[]) {
  const given = new Map(inputs.map((value, i) => [value, i + 1]))
  const [expected, actual] = [await run(before, given), await run(after, given)]
  for (const [i, numbers] of expected.entries()) {
    for (const [j, number] of numbers.entries()) expect(actual[i]![j]).toBeCloseTo(number, 4)
  }
}

const input = (...shape: number[]) => placeholder('input', shape, 'float32')

describe('lists of which the same is computed', () => {
  const lists = Array.from({ length: 9 }, (_, i) => [input(i + 1), input(i + 1)] as const)
  const chain = (a: Value, b: Value) => add(mul(sub(a, b), scalar(0.5)), b)

  it('are joined, computed with once and taken apart', async () => {
    const before = lists.map(([a, b]) => chain(a, b))
    const after = joinAlike(before)
    expect(['Sub', 'Mul', 'Add', 'Concat', 'Split'].map((operator) => count(after, operator))).toEqual([1, 1, 1, 2, 1])
    await expectSame(before, after, lists.flat())
  })

  it('are joined where they differ in numbers, which become a list', async () => {
    const before = lists.map(([a, b], i) => add(mul(a, scalar(i / 4)), b))
    const after = joinAlike(before)
    expect(['Mul', 'Add', 'Split'].map((operator) => count(after, operator))).toEqual([1, 1, 1])
    await expectSame(before, after, lists.flat())
  })

  it('are joined apart from those that are computed of such first', async () => {
    const factors = lists.map(([, b]) => apply('Sqrt', [apply('Reciprocal', [add(mul(b, b), scalar(1))])]))
    const before = lists.flatMap(([a], i) => {
      const scaled = mul(a, factors[i]!)
      const slid = reduce('ReduceMax', reshape(scaled, [1, i + 1]), [0], false)
      return [scaled, mul(apply('Exp', [slid]), factors[i]!)]
    })
    const after = joinAlike(before)
    expect(count(after, 'Mul')).toBe(3)
    await expectSame(before, after, lists.flat())
  })

  it('are not joined where one needs another', () => {
    const same = Array.from({ length: 9 }, () => input(4))
    const before = [same.reduce((a, b) => apply('Sqrt', [reshape(reshape(add(a, b), [2, 2]), [4])]))]
    expect(count(joinAlike(before), 'Concat')).toBe(0)
  })
})

describe('factors that many elements share', () => {
  const [x, y, scale] = [input(3, 4, 5, 6), input(3, 4, 5, 6), input(4)]
  const factor = reshape(scale, [1, 4, 1, 1])

  it('leave products and sums', async () => {
    const before = [
      reduce('ReduceSum', mul(mul(x, factor), mul(factor, y)), [0, 2, 3], false),
      reduce('ReduceMean', mul(factor, mul(y, x)), [0, 2, 3], true),
      mul(mul(mul(x, factor), scalar(2)), y),
    ]
    const after = moveFactors(before)
    expect(count(after, 'Mul')).toBeLessThan(count(before, 'Mul'))
    await expectSame(before, after, [x, y, scale])
  })

  it('of a row are kept where the sum runs along it', async () => {
    const row = input(6)
    const before = [reduce('ReduceSum', mul(x, row), [0, 2, 3], false)]
    await expectSame(before, moveFactors(before), [x, row])
  })

  it('the sum of what is less its mean is zero', async () => {
    const mean = reduce('ReduceMean', x, [0, 2, 3], false)
    const before = [add(reduce('ReduceSum', sub(x, reshape(mean, [1, 4, 1, 1])), [0, 2, 3], false), scale)]
    const after = moveFactors(before)
    expect(ordered(after)).toEqual([])
  })
})

it.each([[[0]], [[0, 1]], [[0, 3]], [[0, 2, 3]], [[1, 3]], [[0, 1, 2, 3]]])(
  'sums over axes %j in two stages',
  async (axes) => {
    const x = input(3, 4, 5, 6)
    const before = [reduce('ReduceSum', x, axes, true), reduce('ReduceMean', x, axes, false)]
    const after = rewrite(before, { ReduceSum: sumOverFirst, ReduceMean: sumOverFirst })
    await expectSame(before, after, [x])
  },
)

it('sums squares at once', async () => {
  const [x, y] = [input(3, 4, 5, 6), input(3, 4, 5, 6)]
  const axes = [0, 2, 3]
  const before = [mul(x, x), mul(x, y)].flatMap((product) => [
    reduce('ReduceSum', product, axes, false),
    reduce('ReduceMean', product, axes, true),
  ])
  const after = rewrite(before, { ReduceSum: sumOverFirst, ReduceMean: sumOverFirst })
  expect(['ReduceSumSquare', 'ReduceSum', 'Mul'].map((operator) => count(after, operator))).toEqual([2, 2, 1])
  await expectSame(before, after, [x, y])
})

it('squares where there is nothing to sum, too', async () => {
  const x = input(2, 3, 1, 1)
  const before = [reduce('ReduceMean', mul(x, x), [0], true), reduce('ReduceSum', mul(x, x), [0, 2, 3], false)]
  await expectSame(before, rewrite(before, { ReduceSum: sumOverFirst, ReduceMean: sumOverFirst }), [x])
})

it('a long sum is one of parts', async () => {
  const x = input(4096, 3)
  const before = [reduce('ReduceMean', x, [0], false)]
  const after = rewrite(before, { ReduceMean: sumOverFirst })
  expect(count(after, 'MatMul')).toBe(2)
  await expectSame(before, after, [x])
})
