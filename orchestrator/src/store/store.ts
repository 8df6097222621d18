// The store's file: opened for writing, brought up to date, and written to in batches. What is written is in the
// other files of this folder; readers may also use @retort/schema/open.
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { type Reader, storeVersion } from '@retort/schema/open'
import { schemaVersion } from '@retort/schema/version'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { createBatch, type Write } from './batch.ts'
import { lockStore } from './lock.ts'

const schema = createRequire(import.meta.url).resolve('@retort/schema/experiment.schema.json')
const migrations = join(dirname(schema), 'migrations')

export interface Store {
  file: string
  /** Artifacts and checkpoints lie beside the file. */
  folder: string
  db: Reader
  /**
   * Queues a write; it is committed within 50 ms, in order, together with others.
   * @param committed called after the commit
   * @throws Error when an earlier batch could not be committed
   */
  write: Write
  /** Commits what is queued, now. */
  flush(): void
  close(): void
}

/**
 * Opens the store, making file and folders where they are missing and applying migrations.
 * @throws Error when the file is no store or is from a newer Retort, or when it needs an upgrade while a sweep runs
 */
export function openStore(path: string): Store {
  const file = resolve(path)
  const folder = dirname(file)
  mkdirSync(join(folder, 'artifacts'), { recursive: true })
  mkdirSync(join(folder, 'checkpoints'), { recursive: true })
  const sqlite = new Database(file, { timeout: 30_000 })
  try {
    if (storeVersion(sqlite, file) < schemaVersion) upgrade(sqlite, file)
    sqlite.pragma('foreign_keys = ON')
    // With a write-ahead log this outlives a killed process; only a power failure may cost the last commits.
    sqlite.pragma('synchronous = NORMAL')
  } catch (error) {
    sqlite.close()
    throw error
  }
  const batch = createBatch(sqlite)
  const close = () => {
    try {
      batch.flush()
    } finally {
      sqlite.close()
    }
  }
  return { file, folder, db: drizzle(sqlite), write: batch.write, flush: batch.flush, close }
}

function upgrade(sqlite: Database.Database, file: string): void {
  // Two processes that migrate at once would both create the tables.
  const lock = lockStore(file, 'an upgrade', 30_000)
  try {
    sqlite.pragma('journal_mode = WAL')
    migrate(drizzle(sqlite), { migrationsFolder: migrations })
    const version = storeVersion(sqlite, file)
    if (version !== schemaVersion) {
      throw new Error(`after its migrations the store ${file} has schema version ${version}, expected ${schemaVersion}`)
    }
  } finally {
    lock.release()
  }
}

/** This trial's checkpoint; it is deleted once the trial is done. */
export const checkpointPath = (store: Store, trial: string): string => join(store.folder, 'checkpoints', `${trial}.bin`)
