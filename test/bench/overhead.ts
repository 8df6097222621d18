import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { createPool } from '@retort/orchestrator/executor/pool'
import { runSweep } from '@retort/orchestrator/executor/runSweep'
import { openStore } from '@retort/orchestrator/store/store'
import { planOf } from '../executor/plans.ts'

for (const [n, lanes] of [[100, 1], [1000, 1], [10000, 1], [100,2],[1000, 2], [10000, 2]] as const) {
  const folder = mkdtempSync(join(tmpdir(), 'retort-overhead-'))
  const store = openStore(join(folder, 'retort.db'))
  const t0 = performance.now(); const c0 = process.cpuUsage()
  const plan = planOf({ baselines: Math.ceil(n / 10), students: 9 })
  const t1 = performance.now()
  const pool = createPool({ workerUrl: new URL('./noopWorker.js', import.meta.url), lanes: Array.from({ length: lanes }, () => ({ env: {} })), stallSeconds: 60 })
  const outcome = await runSweep({ plan, store, pool, placement: { engine: 'onnx', device: 'cpu', threads: 1 }, retries: 2, retryFailed: false })
  const t2 = performance.now()
  const cpu = process.cpuUsage(c0)
  await pool.close()
  store.close()
  rmSync(folder, { recursive: true })
  const k = plan.trials.length
  console.log(k, lanes, outcome.counts.done, 'plan', (t1 - t0).toFixed(1), 'wall/trial', ((t2 - t0) / k).toFixed(3), 'cpu/trial', ((cpu.user + cpu.system) / 1000 / k).toFixed(3))
}
