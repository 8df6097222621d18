// Small questions to a trial's process: this process loads no tensor library, so it has them answered by a child.
import type { Ask } from '../executor/ask.ts'
import type { Lane } from '../executor/local/lanes.ts'
import { createPool } from '../executor/local/pool.ts'

export const workerUrl = new URL('../trial/worker.js', import.meta.url)

/**
 * Opens a child process for the questions and ends it afterwards.
 * @param lane what its environment has besides this process's
 */
export async function withWorker<T>(task: (ask: Ask) => Promise<T>, lane: Lane = { env: {} }): Promise<T> {
  const pool = createPool({ workerUrl, lanes: [lane], stallSeconds: 300 })
  try {
    return await task(pool.ask)
  } finally {
    await pool.close()
  }
}
