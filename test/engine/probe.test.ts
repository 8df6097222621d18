// What the probe says of this machine, and what the engine says when a device is missing.
import { openOnnxEngine } from '@retort/orchestrator/engine/onnx'
import { probeOnnx } from '@retort/orchestrator/engine/probe'
import { kernelNames, kernelSupport } from '@retort/orchestrator/engine/record/kernels'
import { expect, it } from 'vitest'

it('runs something on every device, and says why where that fails', async () => {
  const results = await probeOnnx()
  expect(results.map(({ device }) => device).sort()).toEqual(['cpu', 'cuda', 'webgpu'])
  const cpu = results.find(({ device }) => device === 'cpu')
  expect(cpu).toMatchObject({ engine: 'onnx', works: true, detail: '' })
  expect(cpu!.versions.onnxruntime).toMatch(/^\d+\.\d+/)
  for (const { device, works, detail } of results) expect(detail === '').toBe(works && device !== 'webgpu')
})

it('is open on the CPU after others failed', async () => {
  const engine = await openOnnxEngine({ device: 'cpu', threads: 2 })
  expect(engine).toMatchObject({ name: 'onnx', device: 'cpu', threads: 2 })
})

it('lists every kernel that TensorFlow.js has, with or without a rule', () => {
  const support = new Map(kernelSupport().map(({ kernel, rule }) => [kernel, rule]))
  expect(kernelNames().length).toBeGreaterThan(170)
  expect(support.get('Conv2D')).toBe(true)
  expect(support.get('_FusedMatMul')).toBe(true)
  expect(support.get('FFT')).toBe(false)
})
