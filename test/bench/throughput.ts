// Images a second of one training step, distilling with Adam, next to PyTorch running the same step: both sides take
// turns, since machines are noisy and only a ratio from one run means something.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openOnnxEngine } from '@retort/orchestrator/engine/onnx'
import { openBench } from '@retort/orchestrator/trial/bench'
import { optimizerOf } from '@retort/orchestrator/trial/optimizers/optimizers'
import { scalarInputs } from '@retort/orchestrator/trial/steps'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { median, saveResults } from './results.ts'

const batch = 128
const threads = 1
const rounds = 7
/** One turn lasts about so long, in milliseconds. */
const turn = 700

const models: Record<string, ResolvedArchitecture> = {
  mlp: { type: 'mlp', hidden: [800, 800], activation: 'relu', dropout: 0 },
  cnn: {
    type: 'cnn',
    filters: [32, 64],
    kernelSize: 3,
    dense: [128],
    batchNorm: false,
    activation: 'relu',
    dropout: 0,
  },
  'resnet-8': { type: 'resnet', depth: 8, width: 16, dropout: 0 },
}

/** Runs so many steps and resolves to the milliseconds of one. */
type Side = (steps: number) => Promise<number>

export async function throughput(): Promise<void> {
  const peer = openPyTorch()
  if (peer === null) console.log('PyTorch is not here (python3 -c "import torch"): Retort alone is measured.')
  const engine = await openOnnxEngine({ device: 'cpu', threads })
  const rows: Record<string, Record<string, number | string>> = {}
  for (const [name, architecture] of Object.entries(models)) {
    const sides: Record<string, Side> = { retort: await retortSide(engine, architecture) }
    if (peer !== null) for (const layout of ['nchw', 'channels_last']) sides[layout] = peer.side(name, layout)
    const times = await takeTurns(sides)
    const ours = median(times.retort!)
    const row: Record<string, number | string> = { 'retort ms': ours, 'retort images/s': (batch / ours) * 1000 }
    if (peer !== null) {
      const [nchw, last] = [median(times.nchw!), median(times.channels_last!)]
      Object.assign(row, { 'pytorch nchw ms': nchw, 'pytorch channels_last ms': last })
      row['times pytorch'] = Math.min(nchw, last) / ours
    }
    rows[name] = Object.fromEntries(
      Object.entries(row).map(([key, value]) => [key, Math.round(Number(value) * 100) / 100]),
    )
  }
  peer?.close()
  console.log(`One training step, batch ${batch}, ${threads} thread, median of ${rounds} turns each:`)
  console.table(rows)
  saveResults('throughput', { batch, threads, rounds, pytorch: (await peer?.version) ?? null, rows })
}

async function takeTurns(sides: Record<string, Side>): Promise<Record<string, number[]>> {
  const names = Object.keys(sides)
  const steps: Record<string, number> = {}
  for (const name of names) steps[name] = Math.max(1, Math.round(turn / (await sides[name]!(2))))
  const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of names) times[name]!.push(await sides[name]!(steps[name]!))
  }
  return times
}

async function retortSide(
  engine: Awaited<ReturnType<typeof openOnnxEngine>>,
  architecture: ResolvedArchitecture,
): Promise<Side> {
  const optimizer = {
    type: 'adam',
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
  } as const
  const data = { inputShape: [28, 28, 1] as [number, number, number], classes: 10 }
  const bench = await openBench(engine, { architecture, optimizer, batchSize: batch, objective: 'soft-targets', data })
  bench.reset(1)
  const draw = (length: number) => Float32Array.from({ length }, (_, index) => Math.sin(index * 12.9898) * 1.7)
  const scalar = (value: number) => new Float32Array([value])
  const inputs = {
    images: draw(batch * 28 * 28),
    labels: Int32Array.from({ length: batch }, (_, index) => index % 10),
    teacherLogits: draw(batch * 10),
    temperature: scalar(4),
    hardWeight: scalar(0.1),
    softWeight: scalar(0.9),
    ...Object.fromEntries(
      Object.entries(scalarInputs(optimizerOf(optimizer).scalars(optimizer, 1e-3, 1))).map(([name, value]) => [
        name,
        scalar(value),
      ]),
    ),
  }
  return async (steps) => {
    const start = performance.now()
    for (let step = 0; step < steps; step++) await bench.train.run(inputs)
    return (performance.now() - start) / steps
  }
}

function openPyTorch() {
  const pythons = ['python3', '/usr/bin/python3']
  const python = pythons.find((each) => spawnSync(each, ['-c', 'import torch']).status === 0)
  if (python === undefined) return null
  const count = String(threads)
  // Without both variables its "one thread" is more than one.
  const env = { ...process.env, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count }
  const script = join(import.meta.dirname, 'peers/throughput.py')
  const child = spawn(python, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const answer = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('PyTorch’s process ended before it answered')
    return JSON.parse(value)
  }
  const version = answer().then(({ torch }) => torch as string)
  const side =
    (model: string, layout: string): Side =>
    async (steps) => {
      await version
      child.stdin.write(`${JSON.stringify({ model, layout, batch, steps })}\n`)
      return (await answer()).milliseconds
    }
  return { version, side, close: () => child.stdin.end() }
}
