// One runner for each store, and who is told what. That the lock ends with its process is tested in executor/kills.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockStore, StoreBusyError } from '@retort/orchestrator/store/lock'
import { openStore } from '@retort/orchestrator/store/store'
import { beforeEach, expect, it, onTestFinished } from 'vitest'

let file: string

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'retort lock-'))
  file = join(folder, 'retort.db')
  onTestFinished(() => rmSync(folder, { recursive: true }))
})

it('is given to one at a time', () => {
  const lock = lockStore(file, 'sweep "a"')
  expect(() => lockStore(file, 'sweep "b"')).toThrow(StoreBusyError)
  expect(() => lockStore(file, 'sweep "b"')).toThrow(
    new RegExp(`^sweep "a" is being run by process ${process.pid} since \\d\\d:\\d\\d \\(store .*; wait for it or use`),
  )
  lock.release()
  lockStore(file, 'sweep "b"').release()
})

it('names nobody where the holder has not signed', () => {
  const lock = lockStore(file, 'sweep "a"')
  writeFileSync(`${file}.lock.json`, '')
  expect(() => lockStore(file, 'sweep "b"')).toThrow(/^another process is using the store/)
  lock.release()
})

it('keeps an upgrade from running beside a sweep, and lets processes that open a new store together all have it', async () => {
  const script = `
    import { openStore } from '@retort/orchestrator/store/store'
    openStore(process.argv[1]).close()
    console.log('opened')
  `
  const runs = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script, file], { cwd: import.meta.dirname })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
    return new Promise<string>((resolve) => child.once('close', () => resolve(output)))
  })
  expect(await Promise.all(runs)).toEqual(runs.map(() => 'opened\n'))
  openStore(file).close()
})
