// Given teachers on the command line: what is known of them once their files are read beside the data decides which
// trials they are, and what they are warned of.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bytesOf, type Graph, onnxBytes } from '../trial/onnxModels.ts'
import { folder, retort, write } from './retort.ts'

/** Names the class of the larger of two columns; the first one's numbers are thousands. */
const larger: Graph = {
  inputs: { x: { dims: ['n', 2] } },
  outputs: { y: { dims: ['n', 2] } },
  nodes: [{ op: 'Gemm', in: ['x', 'w', 'b'], out: ['y'] }],
  weights: {
    w: { dims: [2, 2], values: [0.1, 0, 0, 10], external: { location: 'w.data' } },
    b: { dims: [2], values: [-300, 0] },
  },
}

it('files beside a model and how its inputs are given are a part of who it is; what it does not know is told', async () => {
  const cwd = folder()
  const rows = Array.from({ length: 120 }, (_, at) => {
    const [far, near] = [3000 + ((at * 37) % 100), (at * 53) % 2]
    return `${far},${near},${(far - 3000) / 100 > near ? 'a' : 'b'}`
  })
  writeFileSync(join(cwd, 'table.csv'), `far,near,class\n${rows.join('\n')}\n`)
  const place = (name: string, weights: number[]) => {
    mkdirSync(join(cwd, name), { recursive: true })
    writeFileSync(join(cwd, name, 'model.onnx'), onnxBytes(larger))
    writeFileSync(join(cwd, name, 'w.data'), bytesOf(weights))
  }
  place('one', [0.1, 0, 0, 10])
  place('other', [0.1, 0, 0, 20])
  const teacher = (id: string, name: string, more: object = {}) => ({
    id,
    onnx: { file: `${name}/model.onnx`, ...more },
  })
  const spec = (teachers: object[]) =>
    write(cwd, {
      name: 'given',
      dataset: { type: 'csv', train: 'table.csv', test: 0.25, label: 'class', split: { validation: 30 } },
      teachers,
      students: [{ id: 'tiny', architecture: { type: 'mlp', hidden: [2] } }],
      training: { epochs: 1, batchSize: 16 },
    } as never)
  const planned = async (teachers: object[]) => {
    const { stdout, code } = await retort(cwd, 'plan', spec(teachers), '--json')
    expect(code, stdout).toBe(0)
    const { trials, warnings } = JSON.parse(stdout) as {
      trials: { id: string; model: string }[]
      warnings: { path: string }[]
    }
    return { id: trials[0]!.id, models: new Set(trials.map(({ model }) => model)), warnings }
  }

  // The same model.onnx twice, of other weights.
  const both = await planned([teacher('t', 'one'), teacher('u', 'other')])
  expect(both.models).toEqual(new Set(['t', 'u', 'tiny']))
  expect((await planned([teacher('t', 'one', { normalisation: 'none' })])).id).toBe(both.id)
  const standardised = await planned([teacher('t', 'one', { normalisation: 'standardised' })])
  expect(standardised.id).not.toBe(both.id)
  expect(standardised.warnings).toMatchObject([{ path: 'teachers[0].onnx.normalisation' }])

  place('other', [0.1, 0, 0, 10])
  const same = await retort(cwd, 'validate', spec([teacher('t', 'one'), teacher('u', 'other')]))
  expect(same.code).toBe(2)
  expect(same.stderr).toMatch(/teachers\[1\]: the same teacher under two names, "u" and "t"\n$/)
  place('one', [0.2, 0, 0, 10])
  expect((await planned([teacher('t', 'one')])).id).not.toBe(both.id)

  place('one', [0.1, 0, 0, 10])
  const strict = await retort(
    cwd,
    'validate',
    spec([teacher('t', 'one', { normalisation: 'standardised' })]),
    '--strict',
  )
  expect(strict.code).toBe(2)
  expect(strict.stderr).toMatch(
    /teachers\[0\]\.onnx\.normalisation: right on [\d.]+ % of 30 .* with "normalisation":"none"/,
  )
})
