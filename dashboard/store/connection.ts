// The process's one read-only connection to the store, opened again when the file appears or is replaced.
import { type Stats, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { openForReading, type Reader } from '@retort/schema/open'
import Database from 'better-sqlite3'

export const storeFile = (): string =>
  resolve(/* turbopackIgnore: true */ process.env.RETORT_STORE ?? '.retort/retort.db')

interface Held {
  reader: Reader
  identity: string
}

// Pages and route handlers are bundled apart, so a module's own variable would not be shared by them.
const shared = globalThis as typeof globalThis & { retortStore?: Held | undefined }

/**
 * Device and inode: which file lies there now; null where none does.
 * @param reader of a copy, which commits do not reach: the file's time and size, too
 */
const identify = (file: string, reader?: Reader): string | null =>
  identityOf(statSync(file, { throwIfNoEntry: false }), reader)

function identityOf(found: Stats | undefined, reader?: Reader): string | null {
  if (found === undefined) return null
  const which = `${found.dev}:${found.ino}`
  return reader?.$client.memory ? `${which}:${found.mtimeMs}:${found.size}` : which
}

/**
 * Synchronous, as all that uses it, so that nobody holds the connection when a replaced file makes it close.
 * @throws Error where the store is missing or is none; its message is for people
 */
export function connect(): Reader {
  const file = storeFile()
  const held = shared.retortStore
  if (held !== undefined) {
    if (held.identity === identify(file, held.reader)) return held.reader
    held.reader.$client.close()
    shared.retortStore = undefined
  }
  const before = statSync(file, { throwIfNoEntry: false })
  const reader = openForReading(file)
  // Of the file before it was read: one that changed meanwhile is read again.
  shared.retortStore = { reader, identity: identityOf(before, reader) ?? '' }
  return reader
}

export interface StoreProblem {
  problem: 'missing' | 'unreadable'
  file: string
  reason: string
}
export type Reading<T> = { value: T } | StoreProblem

/** Runs queries on one snapshot. A store that cannot be read is an answer that pages explain, not an exception. */
export function readStore<T>(read: (db: Reader) => T): Reading<T> {
  let reader: Reader
  try {
    reader = connect()
  } catch (error) {
    return explain(error)
  }
  try {
    return { value: reader.$client.transaction(() => read(reader))() }
  } catch (error) {
    if (error instanceof Database.SqliteError) return explain(error)
    throw error
  }
}

function explain(error: unknown): StoreProblem {
  const file = storeFile()
  return {
    problem: identify(file) === null ? 'missing' : 'unreadable',
    file,
    reason: error instanceof Error ? error.message : String(error),
  }
}
