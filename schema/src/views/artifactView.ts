// The files that a trial left.
import { sql } from 'drizzle-orm'
import { integer, sqliteView, text } from 'drizzle-orm/sqlite-core'
import type { Artifact } from '../artifact.ts'

export const artifactView = sqliteView('artifact_view', {
  trial: text('trial').notNull(),
  kind: text('kind').$type<Artifact['kind']>().notNull(),
  hash: text('hash').notNull(),
  bytes: integer('bytes').notNull(),
}).as(sql`
  SELECT trial, kind, hash, bytes
  FROM artifacts
`)
