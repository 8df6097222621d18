// Writes that are committed together, and what happens when that fails.
import { setTimeout as sleep } from 'node:timers/promises'
import { createBatch } from '@retort/orchestrator/store/batch'
import Database from 'better-sqlite3'
import { beforeEach, expect, it, onTestFinished } from 'vitest'

let sqlite: Database.Database

beforeEach(() => {
  sqlite = new Database(':memory:')
  sqlite.exec('CREATE TABLE numbers (number INTEGER NOT NULL)')
  onTestFinished(() => void sqlite.close())
})

const insert = (number: number | null) => () => sqlite.prepare('INSERT INTO numbers VALUES (?)').run(number)
const numbers = () => sqlite.prepare('SELECT number FROM numbers').pluck().all()

it('commits in order, by itself after a moment or at once when asked, and tells then', async () => {
  const { write, flush } = createBatch(sqlite)
  const told: number[] = []
  write(insert(1), () => told.push(1))
  write(insert(2), () => told.push(2))
  expect(numbers()).toEqual([])
  flush()
  expect([numbers(), told]).toEqual([
    [1, 2],
    [1, 2],
  ])
  write(insert(3), () => told.push(3))
  while (told.length < 3) await sleep(5)
  expect(numbers()).toEqual([1, 2, 3])
})

it('does not let the queue grow without end', () => {
  const { write } = createBatch(sqlite)
  for (let number = 0; number < 2500; number++) write(insert(number))
  expect(numbers()).toHaveLength(2000)
})

it('a batch that fails leaves nothing, and nothing is written after it', async () => {
  const { write, flush } = createBatch(sqlite)
  let told = 0
  write(insert(1), () => told++)
  write(insert(null), () => told++)
  await sleep(200)
  expect([numbers(), told]).toEqual([[], 0])
  expect(() => write(insert(2))).toThrow('NOT NULL constraint failed')
  expect(() => flush()).toThrow('NOT NULL constraint failed')
})
