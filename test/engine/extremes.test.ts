// Where elements are equally large they share the gradient of a maximum, on either engine.
import '@tensorflow/tfjs-layers'
import '@tensorflow/tfjs-backend-cpu'
import { eagerEngine } from '@retort/orchestrator/engine/eager'
import type { Step, Values } from '@retort/orchestrator/engine/engine'
import * as tf from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exactly, expectClose, floats, type Given, onEngine, signatures, valuesOf } from './compare.ts'

async function onEager(step: Step, inputs: Record<string, Given>): Promise<Record<string, Values>> {
  await tf.setBackend('cpu')
  const engine = eagerEngine({ name: 'tensorflow', device: 'cpu', threads: 1, versions: {} })
  return (await engine.compile(step, signatures(inputs))).run(valuesOf(inputs))
}

const engines = { eager: onEager, onnx: onEngine }

/** dy times the share of each element among those of its group that are as large. */
function shared(x: number[], groupOf: (at: number) => number, dy: number[], least = false): number[] {
  const sign = least ? -1 : 1
  return x.map((value, at) => {
    const group = x.filter((_, other) => groupOf(other) === groupOf(at)).map((other) => sign * other)
    const best = Math.max(...group)
    return sign * value === best ? dy[groupOf(at)]! / group.filter((other) => other === best).length : 0
  })
}

describe.each(['eager', 'onnx'] as const)('on the %s engine', (name) => {
  const run = engines[name]

  it('PyTorch’s amax and amin share it', async () => {
    // torch 2: x.amax(1) and x.amin(1), backward with [1, 2, 3].
    const x = exactly(
      [3, 4],
      [
        [1, 3, 3, -1],
        [2, 2, 2, 2],
        [0, -5, 4, -5],
      ].flat(),
    )
    const dy = exactly([3], [1, 2, 3])
    const step: Step = ({ x, dy }) => ({
      max: tf.grad((x) => tf.sum(tf.mul(tf.max(x, 1), dy!)))(x!),
      min: tf.grad((x) => tf.sum(tf.mul(tf.min(x, 1), dy!)))(x!),
    })
    const { max, min } = await run(step, { x, dy })
    expect([...max!]).toEqual([0, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0.5, 0, 0, 3, 0])
    expect([...min!]).toEqual([0, 0, 0, 1, 0.5, 0.5, 0.5, 0.5, 0, 1.5, 0, 1.5])
  })

  it('whatever the axes, and whether they are kept', async () => {
    const shape = [2, 3, 4]
    const digits = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 24, maxLength: 24 })
    const axes: [number[], (at: number) => number][] = [
      [[0], (at) => at % 12],
      [[1], (at) => 4 * Math.floor(at / 12) + (at % 4)],
      [[-1], (at) => Math.floor(at / 4)],
      [[0, 2], (at) => Math.floor((at % 12) / 4)],
      [[0, 1, 2], () => 0],
    ]
    await fc.assert(
      fc.asyncProperty(digits, fc.constantFrom(...axes), fc.boolean(), async (x, [along, groupOf], keep) => {
        const size = new Set(x.map((_, at) => groupOf(at))).size
        const dy = floats([size], { seed: 3 })
        const step: Step = ({ x, dy }) => {
          const of = (reduce: typeof tf.max) =>
            tf.grad((x) => tf.sum(tf.mul(tf.reshape(reduce(x, along, keep), [size]), dy!)))(x!)
          return { max: of(tf.max), min: of(tf.min) }
        }
        const { max, min } = await run(step, { x: exactly(shape, x), dy })
        expectClose(max!, shared(x, groupOf, [...dy.values]), 1e-6, 'max')
        expectClose(min!, shared(x, groupOf, [...dy.values], true), 1e-6, 'min')
      }),
      { numRuns: 15 },
    )
  })

  it('global max pooling does', async () => {
    const x = exactly([1, 2, 2, 2], [5, 1, 5, 2, 0, 2, 5, 2])
    const pool = layers.globalMaxPooling2d({})
    const step: Step = ({ x }) => ({
      gradient: tf.grad((x) => tf.sum(tf.mul(pool.apply(x) as tf.Tensor, tf.tensor2d([[3, 6]]))))(x!),
    })
    // Of channel 0 three places share 3, of channel 1 three share 6.
    expect([...(await run(step, { x })).gradient!]).toEqual([1, 0, 1, 2, 0, 2, 1, 2])
  })

  it('max pooling by windows does not: the first place of a window has it whole, as in PyTorch', async () => {
    const x = exactly([1, 2, 2, 1], [5, 5, 5, 1])
    const step: Step = ({ x }) => ({
      gradient: tf.grad((x) => tf.sum(tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')))(x!),
    })
    expect([...(await run(step, { x })).gradient!]).toEqual([1, 0, 0, 0])
  })
})
