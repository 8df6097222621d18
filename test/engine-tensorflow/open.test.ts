// Which engine is taken: what `probe` says works, in its order.
import type { ProbeResult } from '@retort/schema/questions'
import { beforeAll, expect, it } from 'vitest'
import { openEngine, probe } from '../../orchestrator/src/engine/open.ts'

let engines: ProbeResult['engines']
beforeAll(async () => {
  engines = (await probe()).engines
})

const works = (engine: string, device: string) =>
  engines.find((each) => each.engine === engine && each.device === device)!.works

it('"auto" is the first that works', async () => {
  const engine = await openEngine({ engine: 'auto', device: 'auto', threads: 1 })
  expect(engine).toMatchObject(
    engines.map(({ engine, device }) => ({ name: engine, device })).find(({ name, device }) => works(name, device))!,
  )
  expect(['tensorflow cuda', 'onnx cuda', 'onnx webgpu', 'onnx cpu']).toContain(`${engine.name} ${engine.device}`)
  await engine.close()
})

it('"auto" on the CPU is onnx', async () => {
  const engine = await openEngine({ engine: 'auto', device: 'cpu', threads: 1 })
  expect(engine).toMatchObject({ name: 'onnx', device: 'cpu', threads: 1 })
  await engine.close()
})

it('what was asked for is opened, or it is said why not: never something else', async () => {
  for (const { engine, device } of engines) {
    const placement = { engine, device: device as 'cpu' | 'cuda' | 'webgpu', threads: 1 }
    if (works(engine, device)) {
      const opened = await openEngine(placement)
      expect(opened).toMatchObject({ name: engine, device })
      await opened.close()
    } else {
      await expect(openEngine(placement)).rejects.toThrow()
    }
  }
})

it('tensorflow does not run on WebGPU', async () => {
  await expect(openEngine({ engine: 'tensorflow', device: 'webgpu', threads: 1 })).rejects.toThrow(
    'the tensorflow engine runs on cpu or cuda, got device webgpu',
  )
})
