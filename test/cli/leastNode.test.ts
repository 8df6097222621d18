// A Node that is too old is told so in one sentence, before anything is loaded that it could not run.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from './retort.ts'

const { packageManager } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8'))

/** Runs the command line in a Node that says it is of another version, and that has no SQLite to load. */
function inVersion(version: string, ...words: string[]) {
  const pretend = `
    import { registerHooks } from 'node:module'
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })
    registerHooks({ resolve(name, context, next) {
      if (name === 'better-sqlite3') throw new Error('SQLite was asked for')
      return next(name, context)
    } })`
  const options = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, main, ...words]
  const env = { ...process.env, npm_lifecycle_event: undefined }
  const { status, stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8', env, cwd: resolve('/') })
  return { status, stdout, stderr }
}

const told = (got: string, command: string) => ({
  status: 2,
  stdout: '',
  stderr: `Retort needs Node 22.12 or newer, got ${got}; this command brings one along: npx -y -p node@24 -p ${packageManager} pnpm ${command}\n`,
})

describe('the least Node', () => {
  it.each(['18.20.8', '20.20.2', '22.9.0', '22.11.1'])('is newer than %s', (version) => {
    expect(inVersion(version, 'list', '--store', 'x')).toEqual(told(version, 'retort list --store x'))
  })

  it('is named with the command that installs all where no other is asked for', () => {
    expect(inVersion('20.20.2')).toEqual(told('20.20.2', 'start'))
  })

  it.each(['22.12.0', '24.0.0', '100.0.0'])('is no newer than %s', (version) => {
    const { stderr } = inVersion(version, 'list')
    expect(stderr).toContain('SQLite was asked for')
  })
})
