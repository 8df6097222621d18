// Which engines work here, as the runner finds it out.

import type { Ask } from '@retort/orchestrator/executor/ask'
import { probeEngines } from '@retort/orchestrator/executor/probeEngines'
import type { ProbeResult } from '@retort/schema/questions'
import { expect, it } from 'vitest'

const found = (engine: 'onnx' | 'tensorflow', device: string): ProbeResult['engines'][number] => ({
  engine,
  device,
  works: true,
  detail: '',
  versions: {},
})
const answers = {
  tensorflow: [found('tensorflow', 'cuda'), found('tensorflow', 'cpu')],
  onnx: [found('onnx', 'cuda'), found('onnx', 'cpu'), found('onnx', 'webgpu')],
}
const asking = (dies?: string) =>
  (async ({ engine }: { engine: 'onnx' | 'tensorflow' }) => {
    if (engine === dies) throw new Error('the process that was to probe failed: its process was ended by SIGILL')
    return { engines: answers[engine], kernels: [] }
  }) as unknown as Ask

it('lists the likeliest to be fast first', async () => {
  const { engines } = await probeEngines(asking())
  expect(engines.map(({ engine, device }) => `${engine} ${device}`)).toEqual([
    'tensorflow cuda',
    'onnx cuda',
    'onnx cpu',
    'onnx webgpu',
    'tensorflow cpu',
  ])
})

it('says of a libtensorflow that ends the process that it does not work, and how it ended', async () => {
  const { engines } = await probeEngines(asking('tensorflow'))
  const detail = 'the process that was to probe failed: its process was ended by SIGILL'
  expect(engines.filter(({ engine }) => engine === 'tensorflow')).toEqual([
    { engine: 'tensorflow', device: 'cuda', works: false, detail, versions: {} },
    { engine: 'tensorflow', device: 'cpu', works: false, detail, versions: {} },
  ])
  expect(engines.filter(({ works }) => works)).toEqual(answers.onnx)
})
