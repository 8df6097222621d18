// Opens a store for reading: what the dashboard and the commands that only show something use. It never writes.
import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { makeOwnViews } from './makeViews.ts'
import { pathProblem } from './pathProblem.ts'
import { applicationId, schemaVersion } from './version.ts'

/** A file that cannot be used as a store; it says why. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  /** What the command line ends with. */
  readonly exitCode = 2
}

export type Reader = BetterSQLite3Database & {
  $client: Database.Database
  /** The store's file, which the connection itself does not name where it reads a copy. */
  file: string
}

/**
 * @param file the store's SQLite file
 * @throws StoreError when the file is missing, is no store, or was written by an older or newer Retort; it says which
 */
export function openForReading(file: string): Reader {
  requireFile(file)
  if (!existsSync(file)) throw new StoreError(`there is no store at ${file}; \`retort run\` makes one`)
  try {
    return readerOf(new Database(file, { readonly: true, fileMustExist: true }), file)
  } catch (error) {
    // With a write-ahead log SQLite reads nothing in a folder where it may not write.
    if (!/^SQLITE_(READONLY|CANTOPEN)/.test((error as { code?: string }).code ?? '')) throw error
    return readerOf(copyOf(file), file)
  }
}

function readerOf(sqlite: Database.Database, file: string): Reader {
  try {
    checkStore(sqlite, file)
    makeOwnViews(sqlite)
    // A writer that has just switched modes or is checkpointing makes readers wait for moments.
    sqlite.pragma('busy_timeout = 5000')
    // Kibibytes: a sweep of 10,000 trials stays in memory from one query to the next.
    sqlite.pragma('cache_size = -65536')
    return Object.assign(drizzle(sqlite), { file })
  } catch (error) {
    sqlite.close()
    throw error
  }
}

/** The store as it is now, in memory. Nothing is left on the disk. */
function copyOf(file: string): Database.Database {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'retort-'))
    try {
      const copy = join(folder, 'retort.db')
      copyFileSync(file, copy)
      // What a writer that was killed has left.
      if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`)
      chmodSync(copy, 0o600)
      const sqlite = new Database(copy)
      try {
        sqlite.pragma('journal_mode = DELETE')
        return new Database(sqlite.serialize(), { readonly: true })
      } finally {
        sqlite.close()
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  } catch (error) {
    const reason = pathProblem(error)
    if (reason === undefined) throw error
    throw new StoreError(`the store ${file} cannot be read: ${reason} (${(error as Error).message})`)
  }
}

/** @throws StoreError where something else than a file stands, or one that may not be read */
export function requireFile(file: string): void {
  try {
    const found = statSync(file, { throwIfNoEntry: false })
    if (found?.isDirectory()) throw new StoreError(`expected the file of a store, got a folder: ${file}`)
    if (found !== undefined) accessSync(file, constants.R_OK)
  } catch (error) {
    const reason = pathProblem(error)
    if (reason === undefined) throw error
    throw new StoreError(`the store ${file} cannot be read: ${reason}`)
  }
}

function checkStore(sqlite: Database.Database, file: string): void {
  const version = storeVersion(sqlite, file)
  if (version < schemaVersion) {
    throw new StoreError(
      `the store ${file} has schema version ${version}, this Retort reads version ${schemaVersion}; \`retort run\` upgrades it`,
    )
  }
}

/**
 * The schema version of an open file; 0 for an empty one.
 * @throws StoreError when the file is no store, or is from a newer Retort
 */
export function storeVersion(sqlite: Database.Database, file: string): number {
  let found: { version: number; application: number; tables: number }
  try {
    // In one transaction, and without drizzle's own table, which it makes before all others: another process may be
    // making the store at this moment.
    found = sqlite.transaction(() => ({
      version: sqlite.pragma('user_version', { simple: true }) as number,
      application: sqlite.pragma('application_id', { simple: true }) as number,
      tables: sqlite
        .prepare("SELECT count(*) FROM sqlite_schema WHERE tbl_name <> '__drizzle_migrations'")
        .pluck()
        .get() as number,
    }))()
  } catch (error) {
    if ((error as { code?: string }).code !== 'SQLITE_NOTADB') throw error
    throw new StoreError(`${file} is not a store of Retort: it is no SQLite file`)
  }
  const { version, application, tables } = found
  if (tables === 0 && application === 0) return 0
  if (application !== applicationId) throw new StoreError(`${file} is an SQLite file, but not a store of Retort`)
  if (version > schemaVersion) {
    throw new StoreError(
      `the store ${file} has schema version ${version}, this Retort knows up to version ${schemaVersion}; use a newer Retort`,
    )
  }
  return version
}
