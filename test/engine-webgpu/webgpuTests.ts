// Tests on WebGPU without a GPU: a process of their own runs the checks of a file one after the other on SwiftShader,
// which is found only by a process that starts with the right environment.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { findSwiftShader, howToGet } from './swiftShader.ts'

/** By the test's name; one that throws has failed. */
export type Checks = Record<string, () => Promise<void>>

/** What the process says of each check. */
export interface Verdict {
  name: string
  error: string | null
}

/**
 * Declares a test for each check.
 * @param file the module whose `checks` these are
 */
export function webgpuTests(title: string, file: URL, checks: Checks): void {
  const environment = findSwiftShader()
  const names = Object.keys(checks)
  if (environment === null) {
    if (process.env.CI) {
      it.each(names)(`${title}: %s`, () => expect.fail(howToGet))
      return
    }
    const list = names.map((name) => `  ${title}: ${name}\n`).join('')
    process.stderr.write(`\n${howToGet}\nLeft out are these ${names.length} tests:\n${list}`)
    describe.skip(title, () => {
      it.each(names)('%s', () => {})
    })
    return
  }

  describe(title, () => {
    let verdicts: Map<string, Verdict>
    let words: string

    beforeAll(async () => {
      const { output, errors } = await run(file, environment)
      words = errors
      const lines = output.split('\n').filter((line) => line.startsWith('{"name"'))
      verdicts = new Map(lines.map((line) => JSON.parse(line) as Verdict).map((verdict) => [verdict.name, verdict]))
    })

    for (const name of names) {
      it(name, () => {
        const verdict = verdicts.get(name)
        if (verdict === undefined) expect.fail(`The process on WebGPU ended before this check:\n${words.slice(-2000)}`)
        if (verdict.error !== null) expect.fail(verdict.error)
      })
    }
  })
}

function run(file: URL, environment: Record<string, string>): Promise<{ output: string; errors: string }> {
  const script = fileURLToPath(new URL('runChecks.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', script, file.href], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let output = ''
    let errors = ''
    child.stdout.on('data', (data) => {
      output += data
    })
    child.stderr.on('data', (data) => {
      errors += data
    })
    child.on('error', reject)
    child.on('close', () => resolve({ output, errors }))
  })
}
