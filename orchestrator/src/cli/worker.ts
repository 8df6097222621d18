// Small questions to a trial's process: this process loads no tensor library, so it has them answered by a child.
import { createPool, type Pool } from '../executor/pool.ts'

export const workerUrl = new URL('../trial/worker.js', import.meta.url)

/** Opens a child process for the questions and ends it afterwards. */
export async function withWorker<T>(task: (ask: Pool['ask']) => Promise<T>): Promise<T> {
  const pool = createPool({ workerUrl, lanes: [{ env: {} }], stallSeconds: 300 })
  try {
    return await task(pool.ask)
  } finally {
    await pool.close()
  }
}
