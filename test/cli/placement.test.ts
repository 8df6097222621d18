// Where "auto" puts a sweep: on the engine whose step was timed to be the fastest, which the store remembers.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settlePlacement, workingEngines } from '@retort/orchestrator/cli/placement'
import type { Prepared } from '@retort/orchestrator/cli/prepare'
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import { architecturesOf } from '@retort/orchestrator/spec/inspect'
import { parseExperiment } from '@retort/orchestrator/spec/read'
import { lockStore } from '@retort/orchestrator/store/lock'
import { openStore, type Store } from '@retort/orchestrator/store/store'
import type { ProbeResult } from '@retort/schema/questions'
import { afterEach, beforeEach, expect, it } from 'vitest'

const workerUrl = new URL('../executor/fixtures/timingWorker.js', import.meta.url)

const spec = {
  name: 'choosing',
  dataset: { type: 'mnist' },
  teachers: [{ id: 'big', architecture: { type: 'cnn', filters: [32] } }],
  students: [
    { id: 'small', architecture: { type: 'mlp', hidden: [8] } },
    { id: 'large', architecture: { type: 'mlp', hidden: [9, 9] } },
  ],
  training: { epochs: 1, batchSize: 32 },
  execution: { concurrency: 2, threadsPerTrial: 1 },
}

/** Of each model, in the file's order. */
const multiplyAccumulates = { big: 1e6, small: 100, large: 200 }

function prepared(changes: object = {}): Prepared {
  const read = parseExperiment(JSON.stringify({ ...spec, ...changes }), 'x.json')
  const models = architecturesOf(read).map((placed) => ({
    placed,
    tokens: null,
    multiplyAccumulates: multiplyAccumulates[placed.model as 'big'],
  }))
  const dataset = { inputShape: [28, 28, 1], vocabulary: null, padding: null, labelShape: [], classes: 10 }
  return { read, plan: makePlan(read), dataset, models, warnings: [] } as unknown as Prepared
}

type Probed = ProbeResult['engines'][number]
const works = (engine: Probed['engine'], device: string, more: Partial<Probed> = {}): Probed => ({
  engine,
  device,
  works: true,
  detail: '',
  versions: { [engine]: '1' },
  ...more,
})
const absent: Probed = { engine: 'onnx', device: 'cuda', works: false, detail: 'no GPU', versions: {} }
const both = [absent, works('onnx', 'cpu'), works('tensorflow', 'cpu')]

let folder: string
let store: Store
const log = () => join(folder, 'log.txt')
/** What was timed since it was last asked for. */
function timed(): string[] {
  const lines = existsSync(log()) ? readFileSync(log(), 'utf8').trim().split('\n') : []
  writeFileSync(log(), '')
  return lines.filter((line) => line !== '')
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'retort placement-'))
  store = openStore(join(folder, 'retort.db'))
  process.env.RETORT_TIMES_LOG = log()
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
  delete process.env.RETORT_TIMES
  delete process.env.RETORT_TIMES_LOG
})

async function settled(changes: object, engines: Probed[], times: string) {
  process.env.RETORT_TIMES = times
  const sweep = prepared(changes)
  const ask = async ({ engine }: { engine: string }) => ({
    engines: engines.filter((each) => each.engine === engine),
    kernels: [],
  })
  const working = await workingEngines(sweep.read, ask as never)
  const { placement, notes } = await settlePlacement(sweep, working, store, workerUrl)
  return { on: `${placement.engine} on ${placement.device}`, notes, timed: timed() }
}

const ofLarge = ['onnx', 'onnx', 'tensorflow', 'tensorflow'].map((engine) => `time step ${engine} cpu 1 mlp`)

it('takes what was timed to be the fastest, whichever stands first, and says it in a line', async () => {
  expect(await settled({}, both, 'onnx cpu=20,tensorflow cpu=8')).toEqual({
    on: 'tensorflow on cpu',
    notes: ['onnx on cpu: 20.0 ms a step of large; tensorflow on cpu: 8.0 ms; taking tensorflow on cpu'],
    timed: ofLarge,
  })
})

it('remembers it for what takes as long, and for nothing else', async () => {
  const first = await settled({}, both, 'onnx cpu=20,tensorflow cpu=8')
  const again = (changes: object, engines = both) => settled(changes, engines, 'onnx cpu=1,tensorflow cpu=9')
  const same = { on: first.on, notes: [`${first.notes[0]} (timed before)`], timed: [] }
  expect(await again({})).toEqual(same)
  expect(await again({ name: 'other', temperatures: [1, 7], seeds: [5] })).toEqual(same)
  const faster = { training: { ...spec.training, optimizer: { type: 'adam', learningRate: 0.1 } } }
  expect(await again(faster)).toEqual(same)
  expect(await again({ device: 'cpu' })).toEqual(same)

  const others = [
    { training: { ...spec.training, batchSize: 33 } },
    { students: [spec.students[0]] },
    { objective: { type: 'reverse-kl' } },
    { execution: { concurrency: 2, threadsPerTrial: 2 } },
    { execution: { concurrency: 1, threadsPerTrial: 1 } },
  ]
  for (const changes of others) expect((await again(changes)).on, JSON.stringify(changes)).toBe('onnx on cpu')
  const newer = [works('onnx', 'cpu', { versions: { onnx: '2' } }), works('tensorflow', 'cpu')]
  expect((await again({}, newer)).on).toBe('onnx on cpu')
})

it('times nothing where one works, or where one is asked for', async () => {
  const nothing = { notes: [], timed: [] }
  expect(await settled({}, both.slice(0, 2), '')).toEqual({ on: 'onnx on cpu', ...nothing })
  expect(await settled({ engine: 'tensorflow' }, both, '')).toEqual({ on: 'tensorflow on cpu', ...nothing })
  expect(await settled({ engine: 'onnx', device: 'cpu' }, [], '')).toEqual({ on: 'onnx on cpu', ...nothing })
})

it('takes a slow one that is asked for, and says so where that is known', async () => {
  await settled({}, both, 'onnx cpu=20,tensorflow cpu=80')
  expect(await settled({ engine: 'tensorflow' }, both, '')).toEqual({
    on: 'tensorflow on cpu',
    notes: [
      'onnx on cpu: 20.0 ms a step of large; tensorflow on cpu: 80.0 ms; taking tensorflow on cpu, as the file asks ' +
        '(timed before)',
    ],
    timed: [],
  })
  const slow = works('onnx', 'webgpu', { hopeless: true, detail: 'slow, so "auto" leaves it' })
  expect(await settled({ device: 'webgpu' }, [...both, slow], '')).toEqual({
    on: 'onnx on webgpu',
    notes: ['onnx on webgpu, as the file asks: slow, so "auto" leaves it'],
    timed: [],
  })
})

it('does not even time what is hopeless', async () => {
  const engines = [works('onnx', 'cpu'), works('onnx', 'webgpu', { hopeless: true })]
  expect(await settled({}, engines, '')).toEqual({ on: 'onnx on cpu', notes: [], timed: [] })
})

it('compares whole sweeps where not as many trials run at a time', async () => {
  const engines = [works('onnx', 'cpu'), works('onnx', 'webgpu')]
  const execution = { concurrency: 'auto', threadsPerTrial: 1 }
  const cores = (await settled({ execution }, engines, 'onnx cpu=10,onnx webgpu=10')).timed.length - 1
  if (cores === 1) return
  expect(
    await settled(
      { execution, device: 'auto', training: { epochs: 1, batchSize: 8 } },
      engines,
      'onnx cpu=10,onnx webgpu=9',
    ),
  ).toMatchObject({
    on: 'onnx on cpu',
    notes: [
      `onnx on cpu: 10.0 ms a step of large, ${cores} at a time; onnx on webgpu: 9.0 ms, 1 at a time; taking onnx on cpu`,
    ],
  })
})

it.each([
  ['dies', /^onnx on cpu: 20\.0 ms a step of large; tensorflow on cpu: .*SIGSEGV.*; taking onnx on cpu$/],
  ['fails', /^onnx on cpu: 20\.0 ms a step of large; tensorflow on cpu: .*no kernel for Foo; taking onnx on cpu$/],
])('one whose process %s costs itself alone, and is tried again the next time', async (how, line) => {
  for (let time = 0; time < 2; time++) {
    const { on, notes, timed } = await settled({}, both, `onnx cpu=20,tensorflow cpu=${how}`)
    expect(on).toBe('onnx on cpu')
    expect(notes[0]).toMatch(line)
    expect(timed.length).toBeGreaterThanOrEqual(3)
  }
})

it('goes on with the likeliest where no step can be timed', async () => {
  const { on, notes } = await settled({}, both, 'onnx cpu=fails,tensorflow cpu=fails')
  expect(on).toBe('onnx on cpu')
  expect(notes[0]).toMatch(/no kernel for Foo; tensorflow on cpu: .*no kernel for Foo; taking onnx on cpu$/)
})

it('times nothing while another sweep trains', async () => {
  const lock = lockStore(store.file, 'sweep "another"')
  await expect(settled({}, both, 'onnx cpu=20,tensorflow cpu=8')).rejects.toThrow('sweep "another"')
  expect(timed()).toEqual([])
  lock.release()
})

it('says why what is asked for does not work', async () => {
  const asked = settled({ engine: 'onnx', device: 'cuda' }, both, '')
  await expect(asked).rejects.toThrow(/engine "onnx" on device "cuda" does not work here\s+onnx on cuda: no GPU/)
})
