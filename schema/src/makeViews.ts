// Makes the views of views.ts in a store: for good by whoever opens it for writing, and for one connection by a reader, so
// that it reads by its own definitions whichever Retort has written the file.
import type Database from 'better-sqlite3'
import type { SQL } from 'drizzle-orm'
import { getViewConfig, SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import * as views from './views.ts'

const dialect = new SQLiteSyncDialect()

/** What SQLite runs and keeps as each view's text. */
const definitions = Object.values(views).map((view) => {
  const { name, query } = getViewConfig(view)
  return { name, text: `VIEW ${name} AS ${dialect.sqlToQuery(query as SQL).sql.trim()}` }
})

/** Of a store, whichever Retort made them: by their names. */
const kept = (sqlite: Database.Database) =>
  sqlite
    .prepare("SELECT name, sql FROM main.sqlite_schema WHERE type = 'view' AND name LIKE '%\\_view' ESCAPE '\\'")
    .all() as { name: string; sql: string }[]

/** Whether the store has these views as they are here, and no other. */
export function hasViews(sqlite: Database.Database): boolean {
  const found = new Map(kept(sqlite).map(({ name, sql }) => [name, sql]))
  return (
    found.size === definitions.length && definitions.every(({ name, text }) => found.get(name) === `CREATE ${text}`)
  )
}

export function dropViews(sqlite: Database.Database): void {
  for (const { name } of kept(sqlite)) sqlite.exec(`DROP VIEW main."${name}"`)
}

/** Makes them anew in the store. A reader sees those of before or these. */
export function makeViews(sqlite: Database.Database): void {
  sqlite
    .transaction(() => {
      dropViews(sqlite)
      for (const { text } of definitions) sqlite.exec(`CREATE ${text}`)
    })
    .immediate()
}

/** Makes them for this connection alone, which may be read-only; there they stand before those of the store. */
export function makeOwnViews(sqlite: Database.Database): void {
  for (const { text } of definitions) sqlite.exec(`CREATE TEMP ${text}`)
}
