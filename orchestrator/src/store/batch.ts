// Gathers writes and commits them together: a commit for every event would cost more than the events.
import type Database from 'better-sqlite3'

const delay = 50
const most = 1000

export type Write = (write: () => void, committed?: () => void) => void

export interface Batch {
  write: Write
  flush(): void
}

export function createBatch(sqlite: Database.Database): Batch {
  let queue: { write: () => void; committed?: (() => void) | undefined }[] = []
  let timer: NodeJS.Timeout | null = null
  let failure: unknown = null

  const commit = sqlite.transaction((writes: typeof queue) => {
    for (const each of writes) each.write()
  })

  const flush = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    // A batch that was lost must not be followed by one that builds on it.
    if (failure !== null) throw failure
    if (queue.length === 0) return
    const writes = queue
    queue = []
    try {
      commit.immediate(writes)
    } catch (error) {
      failure = error
      throw error
    }
    for (const { committed } of writes) committed?.()
  }

  const write: Write = (write, committed) => {
    if (failure !== null) throw failure
    queue.push({ write, committed })
    if (queue.length >= most) flush()
    else timer ??= setTimeout(flushLater, delay)
  }

  // Nobody is there to catch it: whoever writes or flushes next is told.
  const flushLater = (): void => {
    try {
      flush()
    } catch (error) {
      failure = error
    }
  }

  return { write, flush }
}
