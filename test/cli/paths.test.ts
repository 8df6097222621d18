// Places on the command line that cannot be read or written: each ends with the reason, exit code 2 and nothing made.

import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { seedStore } from '../dashboard/seed.ts'
import { type Ended, folder, main, retort, small, write } from './retort.ts'

const told = ({ code, stderr }: Ended) => [code, stderr.trim()]

function seeded(): { cwd: string; store: string } {
  const cwd = folder()
  const store = join(cwd, 'store', 'retort.db')
  seedStore(store)
  return { cwd, store }
}

describe('the path of a store', () => {
  it('is no folder, for whoever reads or writes', async () => {
    const cwd = folder()
    mkdirSync(join(cwd, 'f'))
    write(cwd, small)
    const message = expect.stringMatching(/^expected the file of a store, got a folder: .*f$/)
    for (const words of [['list'], ['run', 'experiment.json'], ['dashboard']]) {
      expect(told(await retort(cwd, ...words, '--store', 'f'))).toEqual([2, message])
    }
    expect(readdirSync(cwd).sort()).toEqual(['experiment.json', 'f'])
  })

  it('lies in no file, and `run` trains nothing first', async () => {
    const cwd = folder()
    write(cwd, small)
    const ended = await retort(cwd, 'run', 'experiment.json', '--store', 'experiment.json/deep/x.db')
    expect(told(ended)).toEqual([2, expect.stringContaining('cannot be written to: a file in the place of its folder')])
    expect(readdirSync(cwd)).toEqual(['experiment.json'])
  })
})

/** A Node that everybody may start, for running as somebody who may not write; null where nobody else can be had. */
function asNobody(cwd: string): ((...words: string[]) => Ended) | null {
  if (process.getuid?.() !== 0) return null
  const node = join(cwd, 'node')
  copyFileSync(process.execPath, node, constants.COPYFILE_FICLONE)
  chmodSync(node, 0o755)
  chmodSync(cwd, 0o755)
  return (...words) => {
    const { status, signal, stdout, stderr } = spawnSync(node, words, { cwd, uid: 65534, gid: 65534, encoding: 'utf8' })
    return { code: status, signal, stdout, stderr }
  }
}

describe('a store that may only be read, in a folder that may only be read', () => {
  it('is shown by all commands that only show, and run by none', async ({ skip }) => {
    const { cwd, store } = seeded()
    const nobody = asNobody(cwd)
    const run = nobody === null ? null : (...words: string[]) => nobody(main, ...words, '--store', store)
    if (nobody !== null && nobody('-e', `require('node:fs').readFileSync(${JSON.stringify(main)})`).code !== 0) skip()
    write(cwd, small)
    for (const left of ['-shm', '-wal']) rmSync(`${store}${left}`, { force: true })
    chmodSync(store, 0o444)
    chmodSync(join(cwd, 'store'), 0o555)
    onTestFinished(() => chmodSync(join(cwd, 'store'), 0o755))
    const ask = async (...words: string[]) => run?.(...words) ?? (await retort(cwd, ...words, '--store', store))
    const before = readdirSync(join(cwd, 'store'))
    for (const words of [['list'], ['show', 'mnist-night'], ['rank', 'mnist-night'], ['report', 'mnist-night']]) {
      const { code, stdout, stderr } = await ask(...words)
      expect([code, stderr, stdout.includes('mnist-night') || stdout.includes('mlp-24')]).toEqual([0, '', true])
    }
    const plan = await ask('plan', 'experiment.json', '--json')
    expect([plan.code, JSON.parse(plan.stdout).reused]).toEqual([0, 0])
    expect(told(await ask('run', 'experiment.json'))).toEqual([
      2,
      `the store ${store} cannot be written to: no permission`,
    ])
    expect(readdirSync(join(cwd, 'store'))).toEqual(before)
  })
})

describe('what is written', () => {
  it('goes into a folder that is there, and onto no folder', async () => {
    const { cwd, store } = seeded()
    mkdirSync(join(cwd, 'here'))
    const report = (out: string) => retort(cwd, 'report', 'mnist-night', '--store', store, '--out', out)
    const expected = '--out: expected a place that can be written to, got'
    expect(told(await report('missing/x.md'))).toEqual([2, `${expected} "missing/x.md": no such file or folder`])
    expect(told(await report('here'))).toEqual([2, `${expected} "here": a folder`])
    expect(readdirSync(cwd).sort()).toEqual(['here', 'store'])
    expect(told(await report('here/x.md'))).toEqual([0, ''])
    expect(readFileSync(join(cwd, 'here/x.md'), 'utf8')).toContain('mnist-night')
  })

  it('of a data set goes into no file', async () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'file'), 'x')
    const expected = (to: string, why: string) => `--to: expected a place that can be written to, got "${to}": ${why}`
    expect(told(await retort(cwd, 'data', 'get', 'mnist', '--to', 'file'))).toEqual([
      2,
      expected('file', 'a file of that name stands there'),
    ])
    expect(told(await retort(cwd, 'data', 'get', 'mnist', '--to', 'file/deep'))).toEqual([
      2,
      expected('file/deep', 'a file in the place of its folder'),
    ])
    expect(readdirSync(cwd)).toEqual(['file'])
  })
})

describe('a port', () => {
  it('is one that there is', async () => {
    for (const port of ['65536', '0']) {
      const { code, stderr } = await retort(folder(), 'dashboard', '--port', port)
      expect([code, stderr.split('\n')[0]]).toEqual([
        2,
        expect.stringMatching(/^error: option '--port <number>' argument '.*' is invalid\. expected a /),
      ])
    }
  })

  it('is free, which `run --serve` makes sure of before it trains', async () => {
    const server = createServer()
    const port = await new Promise<number>((settle) => {
      server.listen(0, '127.0.0.1', () => settle((server.address() as { port: number }).port))
    })
    onTestFinished(() => void server.close())
    const cwd = folder()
    write(cwd, small)
    const message = `--port: expected a free port of 127.0.0.1, got ${port}: it is taken by another program; choose another`
    for (const words of [['dashboard'], ['run', 'experiment.json', '--serve']]) {
      expect(told(await retort(cwd, ...words, '--port', String(port)))).toEqual([2, message])
    }
    expect(existsSync(join(cwd, '.retort'))).toBe(false)
  })
})
