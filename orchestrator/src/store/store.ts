// The store's file: opened for writing, brought up to date, and written to in batches. What is written is in the
// other files of this folder; readers may also use @retort/schema/open.
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve, sep } from 'node:path'
import { dropViews, hasViews, makeViews } from '@retort/schema/makeViews'
import { type Reader, requireFile, StoreError, storeVersion } from '@retort/schema/open'
import { pathProblem } from '@retort/schema/pathProblem'
import { schemaVersion } from '@retort/schema/version'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { createBatch, type Write } from './batch.ts'
import { lockStore } from './lock.ts'

const schema = createRequire(import.meta.url).resolve('@retort/schema/experiment.schema.json')
const migrations = join(dirname(schema), 'migrations')
/** The schema version up to which migrations make views. */
const lastWithViews = 10

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
 * Makes sure, before anything is done, that the store can be written to; it makes nothing.
 * @throws StoreError saying what stands in the way
 */
export function requireWritable(path: string): void {
  const file = resolve(path)
  requireFile(file)
  const folder = dirname(file)
  const needed = existsSync(file)
    ? [file, folder, join(folder, 'artifacts'), join(folder, 'checkpoints')]
    : [nearest(folder)]
  for (const each of needed) {
    try {
      // What is missing will be made.
      if (!existsSync(each)) continue
      // A folder's name with a slash behind it is no file's.
      accessSync(each === file ? file : join(each, sep), constants.W_OK)
    } catch (error) {
      throw notWritable(file, error, each)
    }
  }
}

/** The folder itself, or the one above it that is there. */
function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder))
}

function notWritable(file: string, error: unknown, where: string): unknown {
  const reason = pathProblem(error)
  if (reason === undefined) return error
  return new StoreError(`the store ${file} cannot be written to: ${reason}${where === file ? '' : ` (${where})`}`)
}

function makeFolders(file: string): string {
  const folder = dirname(file)
  for (const each of ['artifacts', 'checkpoints']) {
    try {
      mkdirSync(join(folder, each), { recursive: true })
    } catch (error) {
      throw notWritable(file, error, join(folder, each))
    }
  }
  return folder
}

/**
 * Opens the store, making file and folders where they are missing, applying migrations and making views anew that are not
 * as they are here.
 * @throws Error when the file is no store, may not be written to or is from a newer Retort, or when it needs an upgrade
 * while a sweep runs
 */
export function openStore(path: string): Store {
  requireWritable(path)
  const file = resolve(path)
  const folder = makeFolders(file)
  const sqlite = new Database(file, { timeout: 30_000 })
  try {
    if (storeVersion(sqlite, file) < schemaVersion || !hasViews(sqlite)) upgrade(sqlite, file)
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
  return { file, folder, db: Object.assign(drizzle(sqlite), { file }), write: batch.write, flush: batch.flush, close }
}

function upgrade(sqlite: Database.Database, file: string): void {
  // Two processes that migrate at once would both create the tables.
  const lock = lockStore(file, 'an upgrade', 30_000)
  try {
    sqlite.pragma('journal_mode = WAL')
    // SQLite takes no column away that a view reads. Older migrations drop the views that they change.
    if (storeVersion(sqlite, file) > lastWithViews) dropViews(sqlite)
    migrate(drizzle(sqlite), { migrationsFolder: migrations })
    makeViews(sqlite)
    const version = storeVersion(sqlite, file)
    if (version !== schemaVersion) {
      throw new Error(`after its migrations the store ${file} has schema version ${version}, expected ${schemaVersion}`)
    }
  } finally {
    lock.release()
  }
}

/** This trial's checkpoint; it is deleted once the trial is done. */
export const checkpointPath = ({ folder }: Pick<Store, 'folder'>, trial: string): string =>
  join(folder, 'checkpoints', `${trial}.bin`)
