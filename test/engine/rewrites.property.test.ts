// Rewrites for WebGPU on random graphs: on the CPU the graphs before and after give the same.
import fc from 'fast-check'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, it } from 'vitest'
import { add, apply, mul, reduce, reshape, sub } from '../../orchestrator/src/engine/graph/build.ts'
import { encode } from '../../orchestrator/src/engine/graph/encode.ts'
import { moveFactors } from '../../orchestrator/src/engine/graph/factors.ts'
import { forWebgpu } from '../../orchestrator/src/engine/graph/forWebgpu.ts'
import { joinAlike } from '../../orchestrator/src/engine/graph/joinAlike.ts'
import { optimise } from '../../orchestrator/src/engine/graph/optimise.ts'
import { ordered } from '../../orchestrator/src/engine/graph/order.ts'
import { placeholder, scalar, type Value } from '../../orchestrator/src/engine/graph/value.ts'
import { floats } from './compare.ts'

const input = (shape: number[]) => placeholder('input', shape, 'float32')

async function run(values: Value[], inputs: Value[]): Promise<Float32Array[]> {
  const read = new Set([...values, ...ordered(values).flatMap((operation) => operation.inputs)])
  const fed = inputs.map((value, i) => ({ name: `in ${i}`, value })).filter(({ value }) => read.has(value))
  const outputs = values.map((value, i) => ({ name: `out ${i}`, value }))
  const session = await InferenceSession.create(encode({ inputs: fed, outputs }, { name: 'test' }))
  const feeds = fed.map(({ name, value }) => {
    const { values: data } = floats([...value.shape], { seed: inputs.indexOf(value) + 1 })
    return [name, new Tensor('float32', data, value.shape)] as const
  })
  const results = await session.run(Object.fromEntries(feeds))
  await session.release()
  return outputs.map(({ name }) => results[name]!.data as Float32Array)
}

async function expectSame(before: Value[], after: Value[], inputs: Value[]): Promise<void> {
  expect(after.map(({ shape }) => shape)).toEqual(before.map(({ shape }) => shape))
  const [expected, actual] = [await run(before, inputs), await run(after, inputs)]
  for (const [i, numbers] of expected.entries()) {
    const scale = numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 1)
    for (const [j, number] of numbers.entries()) {
      // Rounding counts against what was added up, which may have cancelled.
      expect(Math.abs(actual[i]![j]! - number), `value ${i}, element ${j}: ${actual[i]![j]}, ${number}`).toBeLessThan(
        1e-4 * scale,
      )
    }
  }
}

/** Values that fit together: images, a row of channels, a scalar. */
const shapes = [[2, 3, 2, 4], [1, 3, 1, 1], [3, 1, 1], [4], [1, 1, 1, 4], [2, 1, 1, 1], []]
const choice = fc.nat({ max: 1000 })
const program = fc.array(fc.record({ what: fc.nat({ max: 6 }), a: choice, b: choice, axes: choice }), {
  minLength: 3,
  maxLength: 14,
})
const axesOf4 = [[0], [1], [3], [0, 2], [2, 3], [0, 2, 3], [0, 1, 2, 3]]

it('factors that move change no value', async () => {
  await fc.assert(
    fc.asyncProperty(program, async (lines) => {
      const inputs = shapes.map(input)
      const values = [...inputs]
      for (const { what, a, b, axes } of lines) {
        const [x, y] = [values[a % values.length]!, values[b % values.length]!]
        const full = x.shape.length === 4 ? x : inputs[0]!
        const made = [
          () => add(x, y),
          () => sub(x, y),
          () => mul(x, y),
          () => mul(x, scalar(0.5)),
          () => apply('Neg', [x]),
          () => reduce('ReduceSum', full, axesOf4[axes % axesOf4.length]!, true),
          () => reduce('ReduceMean', mul(full, y), axesOf4[axes % axesOf4.length]!, true),
        ]
        values.push(made[what]!())
      }
      const before = values.slice(inputs.length)
      await expectSame(before, optimise(moveFactors(before)), inputs)
      await expectSame(before, forWebgpu(before), inputs)
    }),
    { numRuns: 150 },
  )
})

const lists = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 8, maxLength: 11 }),
  chain: fc.array(fc.record({ what: fc.nat({ max: 5 }), a: choice, b: choice }), { minLength: 1, maxLength: 5 }),
  // Which list's chain takes up what another one's gives, at the same length.
  links: fc.array(fc.tuple(choice, choice), { maxLength: 6 }),
})

it('lists that are joined keep their values, whichever needs another', async () => {
  let joined = 0
  await fc.assert(
    fc.asyncProperty(lists, async ({ lengths, chain, links }) => {
      const inputs = lengths.flatMap((length) => [input([length]), input([length])])
      const shared = input([])
      const results: Value[] = []
      for (const [i, length] of lengths.entries()) {
        const values = [inputs[2 * i]!, inputs[2 * i + 1]!]
        for (const [to, from] of links) {
          if (to % lengths.length !== i || i === 0) continue
          const other = results[from % i]!
          values[0] = add(values[0]!, reshape(reduce('ReduceSum', mul(other, scalar(0.25)), [0], true), [1]))
        }
        for (const { what, a, b } of chain) {
          const [x, y] = [values[a % values.length]!, values[b % values.length]!]
          const made = [
            () => add(x, y),
            () => sub(x, y),
            () => mul(x, y),
            () => mul(x, scalar(0.5)),
            () => sub(x, shared),
            () => apply('Neg', [x]),
          ]
          values.push(made[what]!())
        }
        expect(values.at(-1)!.shape).toEqual([length])
        results.push(values.at(-1)!)
      }
      const after = joinAlike(results)
      if (after.some((value, i) => value !== results[i])) joined++
      await expectSame(results, after, [...inputs, shared])
    }),
    { numRuns: 150 },
  )
  expect(joined).toBeGreaterThan(30)
})
