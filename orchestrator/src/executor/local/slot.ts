// One child process at a time, through a tinypool of one worker: it lives from task to task and is replaced when it
// dies. tinypool says of a death only that it happened; exit code, signal and last words are picked up here.
import type { ChildProcess } from 'node:child_process'
import { Tinypool } from 'tinypool'
import { isAlive, type WatchedChild, watchChild } from './child.ts'

/** How a task ended: with an answer, with an error that the worker threw, or with the worker. */
export type SlotEnd = { type: 'answer'; value: unknown } | { type: 'error'; message: string } | Death

export interface Death {
  type: 'death'
  code: number | null
  signal: NodeJS.Signals | null
  /** The end of what it wrote to its standard error. */
  lastWords: string
}

export interface SlotTask {
  pid: number
  ended: Promise<SlotEnd>
  send(message: object): void
  kill(): void
}

export interface Slot {
  /** @param onMessage called for each message that the worker sends before its answer */
  run(task: unknown, onMessage: (message: unknown) => void): SlotTask
  /** Has the next task run in a fresh process. */
  renew(): void
  close(): Promise<void>
}

export function openSlot(worker: URL, env: Record<string, string>): Slot {
  const watched = new WeakMap<ChildProcess, WatchedChild>()
  /** Its answer may come before its death, and another task must not. */
  const killed = new WeakSet<ChildProcess>()
  let pool = open()

  function open(): Tinypool {
    const opened = new Tinypool({
      runtime: 'child_process',
      // Equal: with a lower minimum, tinypool may stall after a crash.
      minThreads: 1,
      maxThreads: 1,
      serialization: 'advanced',
      // Not this process's: a loader or a condition it was started with would change what the worker's imports mean.
      execArgv: [],
      env: { ...(process.env as Record<string, string>), RETORT_RUNNER: String(process.pid), ...env },
      useAtomics: false,
    })
    // The death of an idle child matters to nobody; tinypool has another one ready, which must be watched too.
    opened.on('error', () => childOf(opened))
    childOf(opened)
    return opened
  }

  function childOf(of: Tinypool): WatchedChild | null {
    const process = (of.threads[0] as unknown as { process: ChildProcess } | undefined)?.process
    if (process === undefined) return null
    const child = watched.get(process) ?? watchChild(process)
    watched.set(process, child)
    return child
  }

  function renew(): WatchedChild {
    void pool.destroy()
    pool = open()
    return childOf(pool)!
  }

  function run(task: unknown, onMessage: (message: unknown) => void): SlotTask {
    const idle = childOf(pool)
    const child = idle !== null && isAlive(idle.process) && !killed.has(idle.process) ? idle : renew()
    let settled = false
    // The file is named here, not to the pool: tinypool waits for ever for a worker whose file kills it at its start.
    const channel = { postMessage: (message: unknown) => onMessage(message) }
    const answered = pool.run(task, { filename: worker.href, channel }).then(
      (value): SlotEnd => ({ type: 'answer', value }),
      (error: { message?: string }): SlotEnd => ({ type: 'error', message: error.message ?? String(error) }),
    )
    const ended = async (): Promise<SlotEnd> => {
      const end = await Promise.race([answered.finally(() => (settled = true)), child.gone])
      // An error of one that was killed is that of its line, which may break before its death is seen.
      const lives = isAlive(child.process) && !killed.has(child.process)
      if (end !== undefined && (end.type === 'answer' || lives)) return end
      await child.gone
      // It died before it took the task; the one that replaces it must not find that task waiting.
      if (!settled) renew()
      childOf(pool)
      const { exitCode: code, signalCode: signal } = child.process
      return { type: 'death', code, signal, lastWords: child.lastWords() }
    }
    return {
      pid: child.process.pid!,
      ended: ended(),
      send: (message) => child.process.connected && child.process.send(message, () => {}),
      kill: () => {
        killed.add(child.process)
        child.process.kill('SIGKILL')
      },
    }
  }

  return { run, renew, close: () => pool.destroy() }
}
