// Runs TensorFlow.js's own tests of its operations, as its core package publishes them, on a backend: bundled,
// because they are written for a bundler, and run by jasmine in this process, for which they are written.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

const require = createRequire(import.meta.url)
const DIST = dirname(require.resolve('@tensorflow/tfjs-core'))
const JASMINE = 'jasmine-core/lib/jasmine-core/jasmine.js'

/** Where tests of operations, gradients, optimizers and tensors lie; the rest tests files, flags and browsers. */
const FOLDERS = ['ops', 'optimizers', 'public/chained_ops']
const FILES = ['gradients_test', 'tensor_test', 'variable_test', 'buffer_test']

export interface Spec {
  /** The test's file. */
  file: string
  /** The names of the suites that it is in, and its own. */
  name: string
  status: 'passed' | 'failed' | 'pending'
  /** The first failure. */
  message: string | undefined
}

function testFiles(): string[] {
  const inFolders = FOLDERS.flatMap((folder) =>
    readdirSync(join(DIST, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('_test.js'))
      .map((path) => `${folder}/${path.slice(0, -'.js'.length)}`),
  )
  return [...inFolders.sort(), ...FILES]
}

async function bundle(backend: string, files: string[], outfile: string): Promise<void> {
  const suites = files.map((file) => `describe(${JSON.stringify(file)}, () => { require('./${file}') })`)
  await build({
    stdin: {
      contents: [
        `require('./jasmine_util').setTestEnvs([{ name: '${backend}', backendName: '${backend}', isDataSync: true }])`,
        ...suites,
      ].join('\n'),
      resolveDir: DIST,
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    alias: { [JASMINE]: require.resolve(JASMINE) },
    logLevel: 'error',
  })
}

interface Result {
  fullName: string
  status: string
  failedExpectations: { message: string }[]
}

interface Suite {
  describe(name: string, define: () => void): unknown
}

/** Runs all of them on a backend that is registered. */
export async function runUpstream(backend: string): Promise<Spec[]> {
  const jasmineRequire = require(JASMINE)
  const jasmine = jasmineRequire.core(jasmineRequire)
  const env = jasmine.getEnv({ suppressLoadErrors: true })
  const api: Suite = jasmineRequire.interface(jasmine, env)
  const specs: Spec[] = []
  let file = ''
  const describe = api.describe
  env.configure({ random: false })
  env.addReporter({
    suiteStarted: ({ fullName, description }: { fullName: string; description: string }) => {
      if (fullName === description) file = description
    },
    specDone: ({ fullName, status, failedExpectations }: Result) => {
      // A suite's name as upstream builds it has the backend and its flags behind it.
      const name = fullName.slice(file.length + 1).replaceAll(` ${backend} {}`, '')
      specs.push({ file, name, status: status as Spec['status'], message: failedExpectations[0]?.message })
    },
  })
  const folder = mkdtempSync(join(tmpdir(), 'upstream-'))
  try {
    const path = join(folder, 'tests.cjs')
    await bundle(backend, testFiles(), path)
    Object.assign(globalThis, api, { jasmine, describe })
    require(path)
    await env.execute()
  } finally {
    rmSync(folder, { recursive: true })
  }
  return specs
}
