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
import { getViewConfig, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { migratedTo, migrations } from './migratedTo.ts'

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
  const sqlite = migratedTo(file, 2)
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

it('touches no view in a migration, but for those until the views had a place of their own', () => {
  const touching = readdirSync(migrations).filter(
    (name) => name.endsWith('.sql') && /\bVIEW\b/i.test(readFileSync(join(migrations, name), 'utf8')),
  )
  expect(touching.filter((name) => name > '0012')).toEqual([])
})

const viewsByName = Object.fromEntries(Object.values(views).map((view) => [getViewConfig(view).name, view]))

/** As SQLite tells: a column that is computed has no type, one that is cast has a short one. */
const columnsIn = (sqlite: Database.Database, view: string) => {
  const columns = sqlite.pragma(`table_info(${view})`) as { name: string; type: string }[]
  return columns.map(({ name, type }) => ({ name, type: type.toLowerCase().replace(/^int$/, 'integer') }))
}

it.each(Object.entries(viewsByName))('%s has exactly the columns that its type promises', (name, view) => {
  const { db, close } = openStore(file)
  const found = columnsIn(db.$client, name)
  const promised = Object.values(getViewConfig(view).selectedFields) as SQLiteColumn[]
  expect(found.map((column) => column.name)).toEqual(promised.map((column) => column.name))
  const types = new Map(promised.map((column) => [column.name, column.getSQLType()]))
  const typed = found.filter(({ type }) => type !== '')
  expect(typed).toEqual(typed.map((column) => ({ name: column.name, type: types.get(column.name) })))
  expect(typed).not.toEqual([])
  close()
})

/** What another Retort of the same tables may have left: one view of other columns, one less, one more. */
const leaveOtherViews = () => {
  const sqlite = new Database(file)
  sqlite.exec('DROP VIEW sweep_view; CREATE VIEW sweep_view AS SELECT id, 7 AS trials FROM sweeps')
  sqlite.exec('DROP VIEW epoch_view; CREATE VIEW former_view AS SELECT id FROM trials')
  sqlite.exec('CREATE VIEW mine AS SELECT id FROM sweeps')
  sqlite.close()
}
const namesOfViews = (sqlite: Database.Database) =>
  sqlite.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'view'").pluck().all()

it('makes views anew that are not as they are here, once, and leaves those of others', () => {
  openStore(file).close()
  leaveOtherViews()
  const { db, close } = openStore(file)
  expect(namesOfViews(db.$client)).toHaveLength(Object.keys(viewsByName).length + 1)
  expect(namesOfViews(db.$client)).toEqual(expect.arrayContaining([...Object.keys(viewsByName), 'mine']))
  expect(db.select().from(views.sweepView).all()).toEqual([])
  const version = db.$client.pragma('schema_version', { simple: true })
  close()
  const again = openStore(file)
  expect(again.db.$client.pragma('schema_version', { simple: true })).toBe(version)
  again.close()
})

it.each(['in its file', 'in a copy'])('reads %s by its own views, and leaves those that the store has', (where) => {
  const store = openStore(file)
  store.db.$client.exec("INSERT INTO sweeps VALUES ('kept', '', '{}', '', 'done', 1, 1, 1)")
  store.close()
  leaveOtherViews()
  const left = readFileSync(file)
  if (where === 'in a copy') mkdirSync(`${file}-shm`)
  const reader = openForReading(file)
  expect(reader.select().from(views.sweepView).all()).toMatchObject([{ id: 'kept', status: 'done', trials: 0 }])
  expect(reader.select().from(views.epochView).all()).toEqual([])
  expect(namesOfViews(reader.$client)).toContain('former_view')
  reader.$client.close()
  expect(readFileSync(file).equals(left)).toBe(true)
})

it('goes on reading by its own views while another Retort makes others', () => {
  openStore(file).close()
  const reader = openForReading(file)
  expect(reader.select().from(views.sweepView).all()).toEqual([])
  leaveOtherViews()
  expect(reader.select().from(views.sweepView).all()).toEqual([])
  reader.$client.close()
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
