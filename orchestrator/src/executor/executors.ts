// Every executor, by the name that `--executor` gives it.
import { createDebugExecutor } from './debug/inProcess.ts'
import type { Executor } from './executor.ts'
import { createPool, type PoolOptions } from './local/pool.ts'

interface ExecutorKind {
  open(options: PoolOptions): Executor
  /** Whether trials may train as groups. */
  groups: boolean
}

export const executors = {
  local: { open: createPool, groups: true },
  debug: { open: ({ workerUrl }) => createDebugExecutor(workerUrl), groups: false },
} as const satisfies Record<string, ExecutorKind>

export type ExecutorName = keyof typeof executors
