// A folder with a store and a scripted worker for one test.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Executor } from '@retort/orchestrator/executor/executor'
import { createPool } from '@retort/orchestrator/executor/local/pool'
import type { SweepOutcome, SweepProgress } from '@retort/orchestrator/executor/progress'
import { runSweep } from '@retort/orchestrator/executor/runSweep'
import type { RunSweepOptions } from '@retort/orchestrator/executor/sweepOptions'
import type { Plan } from '@retort/orchestrator/plan/plan'
import { openStore, type Store } from '@retort/orchestrator/store/store'
import type { Placement } from '@retort/schema/messages'
import { onTestFinished } from 'vitest'

export const placement: Placement = { engine: 'onnx', device: 'cpu', threads: 1 }
export const workerUrl = new URL('./fixtures/worker.js', import.meta.url)

export interface Setting {
  folder: string
  file: string
  store: Store
  /** What the worker does at each attempt at a trial; after the last one it counts. */
  script(acts: Record<string, string[]>): void
  /** What the worker wrote of its own: `start`, `epoch` and `done` lines. */
  log(): string[]
  pool(lanes?: number, options?: { stallSeconds?: number; step?: number }): Executor
  run(plan: Plan, options?: Partial<RunSweepOptions>): Promise<SweepOutcome & { told: SweepProgress[] }>
}

/** Everything is closed and removed when the test ends. */
export function setting(): Setting {
  const folder = mkdtempSync(join(tmpdir(), 'retort executor-'))
  const file = join(folder, 'retort.db')
  const store = openStore(file)
  const pools: Executor[] = []
  const script = (acts: Record<string, string[]>) => writeFileSync(join(folder, 'script.json'), JSON.stringify(acts))
  script({})
  writeFileSync(join(folder, 'log.txt'), '')
  onTestFinished(async () => {
    await Promise.all(pools.map((pool) => pool.close()))
    store.close()
    rmSync(folder, { recursive: true })
  })
  const pool: Setting['pool'] = (lanes = 1, { stallSeconds = 60, step = 1 } = {}) => {
    const env = { RETORT_FIXTURE: folder, RETORT_STEP: String(step) }
    const opened = createPool({ workerUrl, lanes: Array.from({ length: lanes }, () => ({ env })), stallSeconds })
    pools.push(opened)
    return opened
  }
  const run: Setting['run'] = async (plan, options = {}) => {
    const told: SweepProgress[] = []
    const usual = { plan, store, placement, retries: 2, retryFailed: false }
    const onProgress = (progress: SweepProgress) => {
      told.push(progress)
      options.onProgress?.(progress)
    }
    const outcome = await runSweep({ ...usual, executor: options.executor ?? pool(), ...options, onProgress })
    return { ...outcome, told }
  }
  const log = () => readFileSync(join(folder, 'log.txt'), 'utf8').trim().split('\n')
  return { folder, file, store, script, log, pool, run }
}
