// `pnpm setup:cuda`: installs @tensorflow/tfjs-node-gpu, runs its build script (which downloads libtensorflow), and
// verifies it by importing it and running a step. It goes to a folder of its own, so that the lockfile of the
// workspace stays as it is and nobody else pays its 276 MB.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { square, tidy } from '@tensorflow/tfjs-core'
import { openTensorflowEngine, separateFolder, tensorflowRequirements } from './tensorflow.ts'

const version = '4.22.0'

mkdirSync(separateFolder, { recursive: true })
writeFileSync(join(separateFolder, 'package.json'), '{ "private": true }\n')
console.log(`Installing @tensorflow/tfjs-node-gpu ${version} to ${separateFolder}\n(${tensorflowRequirements})`)
const install = ['install', `@tensorflow/tfjs-node-gpu@${version}`, '--no-audit', '--no-fund', '--loglevel=error']
const { status, error } = spawnSync('npm', install, {
  cwd: separateFolder,
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
if (status !== 0) {
  console.error(`npm could not install it (${error?.message ?? `exit code ${status}`}); its reason stands above`)
  process.exit(1)
}
try {
  const engine = await openTensorflowEngine({ device: 'auto', threads: 1 })
  const step = await engine.compile(({ x }) => ({ y: tidy(() => square(x!)) }), { x: { shape: [1], dtype: 'float32' } })
  const { y } = await step.run({ x: new Float32Array([3]) })
  if (y?.[0] !== 9) throw new Error(`it computed 3 * 3 = ${y?.[0]}`)
  console.log(`It works, on ${engine.device}. "engine": "auto" finds it from now on.`)
} catch (error) {
  console.error(`It is installed, but does not work: ${(error as Error).message}`)
  process.exit(1)
}
