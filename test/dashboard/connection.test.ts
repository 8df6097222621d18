// What the dashboard reads of a store that SQLite opens in no way but as a copy.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@retort/orchestrator/store/store'
import { sweepView } from '@retort/schema/views'
import { expect, it, onTestFinished, vi } from 'vitest'
import { readStore } from '../../dashboard/store/connection.ts'

it('is what the file holds now, also where it is read from a copy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retort connection-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [file, other] = ['one', 'another'].map((sweep) => {
    const store = openStore(join(folder, `${sweep}.db`))
    store.db.$client.prepare("INSERT INTO sweeps VALUES (?, '', '{}', '', 'done', 1, 1, 1)").run(sweep)
    store.close()
    return store.file
  }) as [string, string]
  // As in a folder that may only be read SQLite finds no shared memory here.
  mkdirSync(`${file}-shm`)
  vi.stubEnv('RETORT_STORE', file)
  onTestFinished(() => void vi.unstubAllEnvs())
  const names = () =>
    readStore((db) => {
      const sweeps = db.select({ id: sweepView.id }).from(sweepView).all()
      return sweeps.map(({ id }) => id)
    })
  expect(names()).toEqual({ value: ['one'] })
  expect(names()).toEqual({ value: ['one'] })
  copyFileSync(other, file)
  expect(names()).toEqual({ value: ['another'] })
})
