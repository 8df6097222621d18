// Times of a step's operators, from onnxruntime's own profiler.
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { openOnnxEngine } from '@retort/orchestrator/engine/onnx'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { timesOf } from '../../orchestrator/src/engine/session/profile.ts'

const profiles = () => readdirSync(tmpdir()).filter((file) => file.startsWith('retort-profile-'))

describe('a profiled step', () => {
  it('computes what the step computes, and tells of each operator, its runs, shapes and variable', async () => {
    const engine = await openOnnxEngine({ device: 'cpu', threads: 1 })
    const kernel = tf.variable(tf.ones([3, 2]), true, 'dense/kernel')
    const before = profiles()
    const step = await engine.profile!(
      ({ x }) => {
        const { grads } = tf.variableGrads(() => tf.sum(tf.square(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D))))
        const product = tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D)
        kernel.assign(tf.sub(kernel, tf.mul(grads['dense/kernel']!, 0.5)))
        return { product }
      },
      { x: { shape: [4, 3], dtype: 'float32' } },
    )
    const x = new Float32Array(12).fill(1)
    for (let run = 0; run < 2; run++) await step.run({ x })
    step.restart()
    const { product } = await step.run({ x })
    expect(new Set(product)).toEqual(new Set([3 * (1 - 12) * (1 - 12)]))
    const times = await step.end()
    expect(times.every(({ runs }) => runs === 1)).toBe(true)
    const products = times.filter(({ operator }) => operator === 'Gemm')
    expect(products.map(({ variable }) => variable)).toContain('dense/kernel')
    expect(products.map(({ inputs }) => inputs)).toContainEqual(['float[4,3]', 'float[3,2]'])
    expect(products.flatMap(({ outputs }) => outputs)).toContain('float[4,2]')
    expect(times.reduce((sum, { microseconds }) => sum + microseconds, 0)).toBeGreaterThan(0)
    expect(profiles()).toEqual(before)
    await expect(step.run({ x })).rejects.toThrow('disposed')
    kernel.dispose()
    await engine.close()
  })
})

it('an operator’s time is the median of the runs that count', () => {
  const run = (ts: number, dur: number) => [
    { cat: 'Session', name: 'model_run', ts, dur: 100, args: {} },
    { cat: 'Node', name: 'fused Conv_3_kernel_time', ts: ts + 1, dur, args: { op_name: 'FusedConv', provider: 'CPU' } },
  ]
  const events = [...run(0, 900), ...run(1000, 5), ...run(2000, 700), ...run(3000, 6)]
  expect(timesOf(events, 1, new Map([['Conv_3', 'conv1/kernel']]))).toEqual([
    {
      operator: 'FusedConv',
      variable: 'conv1/kernel',
      inputs: [],
      outputs: [],
      provider: 'CPU',
      runs: 3,
      microseconds: 6,
    },
  ])
})

describe('on WebGPU', () => {
  const node = (name: string, ts: number, dur: number) => ({
    cat: 'Node',
    name: `${name}_kernel_time`,
    ts,
    dur,
    args: { op_name: name.split('_')[0]!, provider: 'WebGpuExecutionProvider' },
  })
  const kernel = (name: string, ts: number, dur: number) => ({ cat: 'Api', name, ts, dur, args: {} })
  const run = (ts: number, factor: number) => [
    { cat: 'Session', name: 'model_run', ts, dur: 100, args: {} },
    node('ReduceSum_1', ts + 1, 50),
    node('Reshape_2', ts + 2, 50),
    kernel('ReduceSum_1&ReduceSum&Transpose', ts + 20, 3 * factor),
    kernel('ReduceSum_1&ReduceSum&ReduceSum', ts + 30, 4 * factor),
  ]

  it('an operator’s time is what its kernels take on the GPU, and nothing where it has none', () => {
    const times = timesOf([...run(0, 100), ...run(1000, 1), ...run(2000, 9), ...run(3000, 2)], 1, new Map())
    expect(times.map(({ operator, runs, microseconds }) => [operator, runs, microseconds])).toEqual([
      ['ReduceSum', 3, 14],
      ['Reshape', 3, 0],
    ])
  })

  it('a GPU that tells no times is an error', () => {
    const events = run(0, 1).filter(({ cat }) => cat !== 'Api')
    expect(() => timesOf(events, 0, new Map())).toThrow('timestamp-query')
  })
})
