// Sweeps by name and trials by the first digits of their ids.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findSweep, findTrial } from '@retort/orchestrator/store/find'
import { openStore } from '@retort/orchestrator/store/store'
import { beforeEach, expect, it, onTestFinished } from 'vitest'

let db: ReturnType<typeof openStore>['db']

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'retort find-'))
  const store = openStore(join(folder, 'retort.db'))
  db = store.db
  onTestFinished(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })
})

const addSweep = (id: string) =>
  db.$client.prepare("INSERT INTO sweeps VALUES (?, '', '{}', '', 'done', 1, 1, 1)").run(id)
const addTrial = (id: string) =>
  db.$client.prepare("INSERT INTO trials (id, config, status, created_at) VALUES (?, '{}', 'pending', 1)").run(id)

it('finds a sweep, or names the nearest', () => {
  expect(() => findSweep(db, 'mnist')).toThrow('there is no sweep "mnist": the store holds none yet')
  addSweep('mnist-quickstart')
  addSweep('cifar')
  expect(findSweep(db, 'cifar')).toBe('cifar')
  expect(() => findSweep(db, 'mnist-quikstart')).toThrow('did you mean "mnist-quickstart"?')
  expect(() => findSweep(db, 'zzz')).toThrow('the store holds "cifar", "mnist-quickstart"')
})

it('finds a trial by a prefix that only it has', () => {
  const ids = ['ab12', 'ab13', 'ff00'].map((start) => start.padEnd(64, '0'))
  for (const id of ids) addTrial(id)
  expect(findTrial(db, 'f')).toBe(ids[2])
  expect(findTrial(db, 'AB12')).toBe(ids[0])
  expect(findTrial(db, ids[1]!)).toBe(ids[1])
  expect(() => findTrial(db, 'ab1')).toThrow(/"ab1" begins several trials' ids: "ab120{7}", "ab130{7}"/)
  expect(() => findTrial(db, 'c')).toThrow('no trial\'s id begins with "c"')
  expect(() => findTrial(db, '%')).toThrow('a trial is named by the first digits of its id (0-9, a-f), got "%"')
})
