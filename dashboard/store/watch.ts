// Tells when the store has changed: one timer for the whole process, however many tabs listen.
import { isBeingRun } from '@retort/schema/runner'
import { connect, storeFile } from './connection.ts'

const intervalMilliseconds = 500

type Listener = (version: string) => void
interface Watch {
  listeners: Set<Listener>
  timer: NodeJS.Timeout | undefined
}

// As the connection, this must be one for all bundles.
const shared = globalThis as typeof globalThis & { retortWatch?: Watch; retortReaders?: WeakMap<object, number> }
shared.retortWatch ??= { listeners: new Set(), timer: undefined }
shared.retortReaders ??= new WeakMap()
const watch = shared.retortWatch
const readers = shared.retortReaders

/** Another text for every commit, for every start and end of a run, for another file in the store's place, and for every problem with it. */
export function storeVersion(): string {
  try {
    const reader = connect()
    // SQLite counts the commits of other connections, anew for each of its own; so each of ours has a name.
    if (!readers.has(reader)) readers.set(reader, Date.now())
    const commits = reader.$client.pragma('data_version', { simple: true })
    return `${readers.get(reader)}.${commits}.${isBeingRun(storeFile())}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/**
 * Calls `changed` within half a second of every commit, and when the store appears or disappears.
 * @returns ends it
 */
export function onChange(changed: Listener): () => void {
  watch.listeners.add(changed)
  if (watch.timer === undefined) {
    let last = storeVersion()
    watch.timer = setInterval(() => {
      const version = storeVersion()
      if (version === last) return
      last = version
      for (const listener of watch.listeners) listener(version)
    }, intervalMilliseconds)
  }
  return () => {
    watch.listeners.delete(changed)
    if (watch.listeners.size > 0) return
    clearInterval(watch.timer)
    watch.timer = undefined
  }
}
