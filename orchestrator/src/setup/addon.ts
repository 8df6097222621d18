// Compiles the addon of tfjs-node, which is two C++ sources in the package, against libtensorflow.
import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gpuShareHeader } from './gpuShare.ts'
import type { Libtensorflow } from './libtensorflow.ts'
import { type Setup, separateFolder } from './place.ts'

/** The newest Node-API that the package looks for. */
const nodeApi = 8

/** @throws Error where there is none */
export function findCompiler(): string {
  const candidates = [process.env.CXX, 'c++', 'g++', 'clang++'].filter((name) => name !== undefined)
  const found = candidates.find((name) => spawnSync(name, ['--version']).status === 0)
  if (found === undefined) {
    throw new Error(
      'There is no C++ compiler here, which builds the addon: install one (Debian: apt-get install g++), or name one in CXX.',
    )
  }
  return found
}

/** @throws Error where it does not compile; the compiler's own words are on standard error */
export function buildAddon(compiler: string, { folder, libraries, include }: Libtensorflow, setup: Setup): void {
  const packageFolder = join(separateFolder, 'node_modules', setup.package)
  const built = join(packageFolder, 'lib', `napi-v${nodeApi}`)
  mkdirSync(built, { recursive: true })
  const header = join(separateFolder, 'gpuShare.h')
  writeFileSync(header, gpuShareHeader)
  // The clone may be moved with what is set up in it.
  const found = folder.startsWith(separateFolder) ? `$ORIGIN/${relative(built, folder)}` : folder
  const addon = join(built, 'tfjs_binding.node')
  console.log(`Compiling the addon against ${folder}`)
  const args = [
    ...['-O2', '-std=c++17', '-shared', '-fPIC', `-DNAPI_VERSION=${nodeApi}`, '-include', header],
    ...[join(separateFolder, 'node_modules/node-api-headers/include'), include, packageFolder].map(
      (path) => `-I${path}`,
    ),
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((source) => join(packageFolder, 'binding', source)),
    ...libraries.map((library) => join(folder, library)),
    ...['-Xlinker', '-rpath', '-Xlinker', found, '-o', `${addon}.new`],
  ]
  const { status, error } = spawnSync(compiler, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) {
    throw new Error(
      `${compiler} could not build it (${error?.message ?? `exit code ${status}`}); its reason stands above`,
    )
  }
  renameSync(`${addon}.new`, addon)
}
