// Opening a store: made where there is none, upgraded where it is old, refused where it is something else.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openStore, requireWritable } from '@retort/orchestrator/store/store'
import { artifactPath } from '@retort/schema/artifact'
import * as tables from '@retort/schema/database'
import { openForReading } from '@retort/schema/open'
import { applicationId, schemaVersion } from '@retort/schema/version'
import * as views from '@retort/schema/views'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { getViewConfig } from 'drizzle-orm/sqlite-core'
import { beforeEach, expect, it, onTestFinished } from 'vitest'

const migrations = join(import.meta.dirname, '../../schema/migrations')
let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'retort store-'))
  file = join(folder, 'deep', 'down', 'retort.db')
  onTestFinished(() => rmSync(folder, { recursive: true }))
})

const alter = (pragma: string) => {
  const sqlite = new Database(file)
  sqlite.pragma(pragma)
  sqlite.close()
}

it('makes the file and its folders, in write-ahead mode with foreign keys on', () => {
  const { db, close } = openStore(file)
  const pragma = (name: string) => db.$client.pragma(name, { simple: true })
  expect(pragma('journal_mode')).toBe('wal')
  expect(pragma('foreign_keys')).toBe(1)
  expect(pragma('application_id')).toBe(applicationId)
  expect(pragma('user_version')).toBe(schemaVersion)
  expect(existsSync(join(folder, 'deep/down/checkpoints'))).toBe(true)
  close()
})

it('applies migrations once', () => {
  openStore(file).close()
  const schema = () => {
    const sqlite = new Database(file, { readonly: true })
    const rows = sqlite.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all()
    const applied = sqlite.prepare('SELECT hash FROM __drizzle_migrations').all()
    sqlite.close()
    return { rows, applied }
  }
  const before = schema()
  openStore(file).close()
  expect(schema()).toEqual(before)
  expect(before.applied).toHaveLength(schemaVersion)
})

it('applies to an old store only what it lacks, and keeps what it holds', () => {
  // The first two migrations, as the first Retort had them.
  const early = join(folder, 'migrations')
  cpSync(migrations, early, { recursive: true })
  const journal = JSON.parse(readFileSync(join(early, 'meta/_journal.json'), 'utf8'))
  writeFileSync(join(early, 'meta/_journal.json'), JSON.stringify({ ...journal, entries: journal.entries.slice(0, 2) }))
  mkdirSync(dirname(file), { recursive: true })
  const sqlite = new Database(file)
  migrate(drizzle(sqlite), { migrationsFolder: early })
  sqlite.exec("INSERT INTO sweeps VALUES ('kept', '', '{}', '', 'done', 1, 1, 1)")
  sqlite.exec(
    "INSERT INTO trials (id, config, status, created_at, validation_accuracy) VALUES ('t', '{}', 'done', 1, 0.9)",
  )
  sqlite.exec(
    "INSERT INTO sweep_trials (sweep, trial, position, role, model, seed, axes, configuration) VALUES ('kept', 't', 0, 'baseline', 'm', 1, '{}', 'c')",
  )
  // In those the engine of an attempt was known once its model was compiled.
  sqlite.exec(`INSERT INTO attempts (trial, number, outcome, engine, device, started_at) VALUES
    ('t', 1, 'failed', NULL, NULL, 1), ('t', 2, 'done', 'onnx', 'webgpu', 2)`)
  sqlite.exec("UPDATE trials SET engine = 'onnx', device = 'webgpu'")
  sqlite.exec("INSERT INTO logits VALUES ('k', 't', 'hash', 3, 2, 10, 1.5, 1, 4)")
  sqlite.close()
  expect(() => openForReading(file)).toThrow(
    /schema version 2, this Retort reads version \d+; `retort run` upgrades it/,
  )
  openStore(file).close()
  const reader = openForReading(file)
  expect(reader.select().from(views.sweepView).all()).toMatchObject([{ id: 'kept', trials: 1 }])
  expect(reader.select().from(views.trialView).all()).toMatchObject([
    { trial: 't', validationAccuracy: 0.9, keptEpoch: null, calibrationError: null, perClass: null },
  ])
  const webgpu = { engine: 'onnx', device: 'webgpu' }
  expect(reader.select().from(views.trialView).all()).toMatchObject([{ engines: [webgpu], attempts: 2 }])
  expect(reader.select().from(views.attemptView).all()).toMatchObject([
    { engine: null, engines: null },
    { ...webgpu, engines: [webgpu] },
  ])
  expect(reader.select().from(tables.logits).all()).toMatchObject([{ ...webgpu, reads: 4 }])
  expect(reader.select().from(views.configurationView).all()).toMatchObject([{ n: 1, calibrationError: null }])
  reader.$client.close()
})

it('counts its migrations as the code does, each later than the one before', () => {
  const journal = JSON.parse(readFileSync(join(migrations, 'meta/_journal.json'), 'utf8'))
  const times = journal.entries.map(({ when }: { when: number }) => when)
  expect(times).toHaveLength(schemaVersion)
  // drizzle passes over a migration that is older than the last one applied.
  expect(times).toEqual(times.toSorted((a: number, b: number) => a - b))
})

const viewsByName = Object.fromEntries(Object.values(views).map((view) => [getViewConfig(view).name, view]))

it.each(Object.entries(viewsByName))('%s has exactly the columns that its type promises', (name, view) => {
  const { db, close } = openStore(file)
  const columns = db.$client.pragma(`table_info(${name})`) as { name: string }[]
  const promised = getViewConfig(view).selectedFields
  expect(columns.map((column) => column.name)).toEqual(
    Object.values(promised as Record<string, { name: string }>).map((column) => column.name),
  )
  close()
})

it('opens for reading only what is a store of its version', () => {
  expect(() => openForReading(file)).toThrow(`there is no store at ${file}; \`retort run\` makes one`)
  openStore(file).close()
  const reader = openForReading(file)
  expect(reader.select().from(views.sweepView).all()).toEqual([])
  expect(() => reader.$client.exec('DELETE FROM sweeps')).toThrow(/readonly/)
  reader.$client.close()
  alter(`user_version = ${schemaVersion + 1}`)
  const newer = `schema version ${schemaVersion + 1}, this Retort knows up to version ${schemaVersion}`
  expect(() => openForReading(file)).toThrow(newer)
  expect(() => openStore(file)).toThrow(newer)
})

it('refuses other files, and leaves them as they are', () => {
  const text = join(folder, 'notes.txt')
  writeFileSync(text, 'this is no database, however long it may be. '.repeat(100))
  expect(() => openForReading(text)).toThrow(`${text} is not a store of Retort: it is no SQLite file`)
  expect(() => openStore(text)).toThrow('it is no SQLite file')
  const other = join(folder, 'other.db')
  const sqlite = new Database(other)
  sqlite.exec('CREATE TABLE bookmarks (url TEXT)')
  sqlite.close()
  const before = readFileSync(other)
  expect(() => openForReading(other)).toThrow(`${other} is an SQLite file, but not a store of Retort`)
  expect(() => openStore(other)).toThrow('not a store of Retort')
  expect(readFileSync(other).equals(before)).toBe(true)
})

it('reads while a writer has it open, and after the writer has gone', () => {
  const store = openStore(file)
  store.db.$client.exec("INSERT INTO sweeps VALUES ('s', '', '{}', '', 'done', 1, 1, 1)")
  const reader = openForReading(file)
  expect(reader.select().from(views.sweepView).all()).toHaveLength(1)
  store.close()
  expect(reader.select().from(views.sweepView).all()).toHaveLength(1)
  reader.$client.close()
})

it('places artifacts by their hash, and by nothing else', () => {
  const hash = 'ab'.repeat(32)
  expect(artifactPath('/store', hash)).toBe(`/store/artifacts/ab/${hash}`)
  for (const wrong of ['', '../../etc/passwd', `${hash}0`, hash.toUpperCase(), `${hash}\n`, '%2e%2e', `../${hash}`]) {
    expect(() => artifactPath('/store', wrong)).toThrow(RangeError)
  }
})

it('reads a store of which SQLite may not make its shared memory, as in a folder that may only be read', () => {
  const store = openStore(file)
  store.db.$client.exec("INSERT INTO sweeps VALUES ('kept', '', '{}', '', 'done', 1, 1, 1)")
  store.close()
  // Also as root, whom no permission stops.
  mkdirSync(`${file}-shm`)
  const reader = openForReading(file)
  expect(reader.select().from(views.sweepView).all()).toMatchObject([{ id: 'kept' }])
  expect(reader.file).toBe(file)
  expect(() => reader.$client.exec('DELETE FROM sweeps')).toThrow(/readonly/)
  reader.$client.close()
})

it('reads also what a killed writer has left in the log of such a store', () => {
  const store = openStore(file)
  store.db.$client.exec("INSERT INTO sweeps VALUES ('logged', '', '{}', '', 'done', 1, 1, 1)")
  const killed = join(folder, 'killed')
  mkdirSync(join(killed, 'retort.db-shm'), { recursive: true })
  for (const part of ['', '-wal']) cpSync(`${file}${part}`, join(killed, `retort.db${part}`))
  store.close()
  const reader = openForReading(join(killed, 'retort.db'))
  expect(reader.select().from(views.sweepView).all()).toMatchObject([{ id: 'logged' }])
  reader.$client.close()
})

it('refuses a folder in the place of the file, and one in a file, and makes nothing', () => {
  mkdirSync(file, { recursive: true })
  const message = `expected the file of a store, got a folder: ${file}`
  for (const open of [openForReading, openStore, requireWritable]) expect(() => open(file)).toThrow(message)
  expect(readdirSync(dirname(file))).toEqual(['retort.db'])
  const text = join(folder, 'text')
  writeFileSync(text, 'x')
  const inside = join(text, 'deep', 'retort.db')
  expect(() => openStore(inside)).toThrow(
    `the store ${inside} cannot be written to: a file in the place of its folder (${text})`,
  )
  expect(() => openForReading(inside)).toThrow(`there is no store at ${inside}`)
})
