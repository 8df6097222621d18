// What the orchestrator itself costs: trials that do nothing, through the real planner, pool and store. Next to it
// Optuna with a grid sampler on SQLite, where python3 has it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPool } from '@retort/orchestrator/executor/local/pool'
import { runSweep } from '@retort/orchestrator/executor/runSweep'
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import { parseExperiment } from '@retort/orchestrator/spec/read'
import { openStore } from '@retort/orchestrator/store/store'
import { median, saveResults } from './results.ts'

const sizes = [100, 1_000, 10_000]
const rounds = 3
const peerTrials = 100

interface Measured {
  trials: number
  /** Milliseconds of the orchestrator's processor time a trial, from the file's text to the last commit. */
  processor: number
  /** Milliseconds of wall clock a trial from the first trial's end on, the worker's part included. */
  wall: number
  /** Of the processor time, in milliseconds a trial: from the file's text to the plan, and the plan into the store. */
  planning: number
  saving: number
}

export async function overhead(): Promise<void> {
  // The first is cold: the engine that runs JavaScript has compiled nothing yet.
  const cold = await measure(sizes[0]!)
  const runs: Measured[] = []
  for (let round = 0; round < rounds; round++) for (const size of sizes) runs.push(await measure(size))
  const rows: Record<string, Record<string, number>> = { 'first 100': rounded([cold]) }
  for (const size of sizes)
    rows[size.toLocaleString('en-US')] = rounded(runs.filter(({ trials }) => Math.abs(trials / size - 1) < 0.1))
  console.log(`Orchestrator's milliseconds a trial, median of ${rounds} rounds:`)
  console.table(rows)
  const peer = optuna()
  const told = peer === null ? 'Optuna is not here (python3 -c "import optuna").' : `Optuna ${peer.version}:`
  console.log(told, peer === null ? '' : `${peer.milliseconds.toFixed(1)} ms a trial over ${peerTrials} trials`)
  saveResults('overhead', { rounds, rows, optuna: peer })
}

function rounded(runs: Measured[]): Record<string, number> {
  const names = ['trials', 'processor', 'wall', 'planning', 'saving'] as const
  return Object.fromEntries(names.map((name) => [name, Math.round(median(runs.map((run) => run[name])) * 1000) / 1000]))
}

/** One teacher, three students, three temperatures, two loss weights, baselines, and seeds until there are enough. */
function experimentOf(trials: number): string {
  const seeds = Math.round(trials / 21)
  return JSON.stringify({
    name: 'overhead',
    dataset: { type: 'mnist' },
    teachers: [{ id: 'big', architecture: { type: 'mlp', hidden: [800, 800] } }],
    students: [16, 32, 64].map((units) => ({ id: `mlp-${units}`, architecture: { type: 'mlp', hidden: [units] } })),
    temperatures: [1, 2, 4],
    lossWeights: [
      { hard: 0.5, soft: 0.5 },
      { hard: 0.1, soft: 0.9 },
    ],
    training: { epochs: 1 },
    seeds: Array.from({ length: seeds }, (_, seed) => seed),
  })
}

async function measure(size: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'retort-overhead-'))
  const workerUrl = new URL('./noopWorker.js', import.meta.url)
  const pool = createPool({ workerUrl, lanes: [{ env: {} }], stallSeconds: 60 })
  try {
    const text = experimentOf(size)
    const before = process.cpuUsage()
    const spent = () => {
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1000
    }
    const plan = makePlan(parseExperiment(text, 'overhead.json'))
    const planned = spent()
    const store = openStore(join(folder, 'retort.db'))
    const placement = { engine: 'onnx', device: 'cpu', threads: 1 } as const
    let saved = 0
    let first = 0
    const { counts } = await runSweep({
      plan,
      store,
      executor: pool,
      placement,
      retries: 0,
      retryFailed: false,
      onProgress: ({ type }) => {
        if (type === 'planned') saved = spent()
        if (type === 'finished') first ||= performance.now()
      },
    })
    const wall = performance.now() - first
    store.close()
    const processor = spent()
    const trials = plan.trials.length
    if (counts.done !== trials) throw new Error(`expected ${trials} trials to be done, got ${counts.done}`)
    return {
      trials,
      processor: processor / trials,
      wall: wall / (trials - 1),
      planning: planned / trials,
      saving: (saved - planned) / trials,
    }
  } finally {
    await pool.close()
    rmSync(folder, { recursive: true })
  }
}

function optuna(): { version: string; milliseconds: number } | null {
  const script = join(import.meta.dirname, 'peers/overhead.py')
  const run = spawnSync('python3', [script, String(peerTrials)], { encoding: 'utf8' })
  return run.status === 0 ? JSON.parse(run.stdout) : null
}
