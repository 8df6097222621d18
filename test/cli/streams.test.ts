// Output that goes away, and output that cannot be written.
import { spawn } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { expect, it } from 'vitest'
import { folder, main, retort, small, write } from './retort.ts'

/** Runs with standard output or standard error closed by its reader after the first bytes. */
function withoutReader(cwd: string, stream: 'stdout' | 'stderr', ...words: string[]) {
  const child = spawn(process.execPath, [main, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const other = stream === 'stdout' ? child.stderr : child.stdout
  let said = ''
  other.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  child[stream].destroy()
  return new Promise<{ code: number | null; said: string }>((settle) => {
    child.on('close', (code) => settle({ code, said }))
  })
}

it('a reader that goes away ends no sweep: it trains on, and ends as it would have', async () => {
  const cwd = folder()
  write(cwd, small)
  expect(await withoutReader(cwd, 'stdout', 'run', 'experiment.json')).toEqual({ code: 0, said: '' })
  const [sweep] = JSON.parse((await retort(cwd, 'list', '--json')).stdout)
  expect([sweep.status, sweep.done]).toEqual(['done', 4])
  for (const words of [
    ['rank', 'small', '--json'],
    ['report', 'small'],
  ]) {
    expect(await withoutReader(cwd, 'stdout', ...words)).toEqual({ code: 0, said: '' })
  }
  expect(await withoutReader(cwd, 'stderr', 'show', 'smal')).toEqual({ code: 2, said: '' })
})

it.skipIf(!existsSync('/dev/full'))(
  'a disk that is full is an error, which is told (where there is /dev/full)',
  async () => {
    const cwd = folder()
    write(cwd, small)
    const ended = (stdio: ('pipe' | number)[], ...words: string[]) => {
      const child = spawn(process.execPath, [main, ...words], {
        cwd,
        stdio: ['ignore', ...stdio] as ['ignore', 'pipe', 'pipe'],
      })
      let said = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          said += text
        })
      }
      return new Promise<[number | null, string]>((settle) => {
        child.on('close', (code) => settle([code, said]))
      })
    }
    const full = openSync('/dev/full', 'w')
    const message = 'error: the output could not be written: ENOSPC: no space left on device, write\n'
    expect(await ended([full, 'pipe'], 'plan', 'experiment.json', '--json')).toEqual([74, message])
    expect(await ended([full, full], 'data', 'list')).toEqual([74, ''])
    expect(await ended(['pipe', full], 'show', 'x')).toEqual([2, ''])
    expect(await ended([full, 'pipe'], 'show', 'x', '--json')).toEqual([2, message])
  },
)
