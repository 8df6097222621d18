// Whether "auto" takes WebGPU where it is a program and not a GPU: SwiftShader.
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { openEngine, probe } from '@retort/orchestrator/engine/open'
import { timeStep } from '@retort/orchestrator/trial/timeStep'
import { openWorkshop } from '@retort/orchestrator/trial/workshop'
import { configOf, students } from '../bench/grouped.ts'
import type { Checks } from './webgpuTests.ts'

export const checks: Checks = {
  'the probe puts it after the CPU, with what it measured': async () => {
    const { engines } = await probe()
    const onnx = engines.filter(({ engine, works }) => engine === 'onnx' && works)
    deepEqual(
      onnx.map(({ device }) => device),
      ['cpu', 'webgpu'],
    )
    equal(onnx[1]!.hopeless, true)
    match(
      onnx[1]!.detail,
      /^a product of matrices of 512 rows takes \d+ ms, on the CPU [\d.]+ ms, so "auto" leaves it$/,
    )
  },

  '"auto" takes the CPU': async () => {
    const engine = await openEngine({ engine: 'onnx', device: 'auto', threads: 1 })
    equal(engine.device, 'cpu')
    await engine.close()
  },

  'it is taken where it is asked for': async () => {
    const engine = await openEngine({ engine: 'auto', device: 'webgpu', threads: 1 })
    equal(engine.device, 'webgpu')
    await engine.close()
  },

  'a step is timed there as trials are fed': async () => {
    const workshop = openWorkshop(openEngine)
    const [architecture] = Object.values(students)
    const { milliseconds } = await timeStep(
      {
        task: 'time step',
        config: configOf(architecture!, 0),
        samples: { inputShape: [28, 28, 1], vocabulary: null, padding: null, labelShape: [], classes: 10 },
        teacher: null,
        teacherClasses: null,
        placement: { engine: 'onnx', device: 'webgpu', threads: 1 },
      },
      workshop,
    )
    ok(milliseconds > 0)
    await workshop.close()
  },
}
