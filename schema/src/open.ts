// Opens a store for reading: what the dashboard and the commands that only show something use. It never writes.
import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { applicationId, schemaVersion } from './version.ts'

/** A file that cannot be used as a store; it says why. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  /** What the command line ends with. */
  readonly exitCode = 2
}

export type Reader = BetterSQLite3Database & { $client: Database.Database }

/**
 * @param file the store's SQLite file
 * @throws StoreError when the file is missing, is no store, or was written by an older or newer Retort; it says which
 */
export function openForReading(file: string): Reader {
  if (!existsSync(file)) throw new StoreError(`there is no store at ${file}; \`retort run\` makes one`)
  const sqlite = new Database(file, { readonly: true, fileMustExist: true })
  try {
    checkStore(sqlite, file)
    // A writer that has just switched modes or is checkpointing makes readers wait for moments.
    sqlite.pragma('busy_timeout = 5000')
    return drizzle(sqlite)
  } catch (error) {
    sqlite.close()
    throw error
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
