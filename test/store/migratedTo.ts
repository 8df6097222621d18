// A store as an older Retort had made it.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'

export const migrations = join(import.meta.dirname, '../../schema/migrations')

/** @param version the schema version, which is how many migrations are applied */
export function migratedTo(file: string, version: number): Database.Database {
  const early = mkdtempSync(join(tmpdir(), 'retort migrations-'))
  try {
    cpSync(migrations, early, { recursive: true })
    const journal = JSON.parse(readFileSync(join(early, 'meta/_journal.json'), 'utf8'))
    const entries = journal.entries.slice(0, version)
    writeFileSync(join(early, 'meta/_journal.json'), JSON.stringify({ ...journal, entries }))
    mkdirSync(dirname(file), { recursive: true })
    const sqlite = new Database(file)
    migrate(drizzle(sqlite), { migrationsFolder: early })
    return sqlite
  } finally {
    rmSync(early, { recursive: true })
  }
}
