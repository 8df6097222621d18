// What `pnpm setup:cuda` finds before it builds, and how it refuses; the build itself is tried by test/engine-tensorflow.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { cudaWheels, findLibtensorflow } from '../../orchestrator/src/setup/libtensorflow.ts'
import type { Setup } from '../../orchestrator/src/setup/place.ts'
import { unpack } from '../../orchestrator/src/setup/wheel.ts'
import { temporaryFolder } from '../trial/fixture.ts'

const setup: Setup = { device: 'cpu', package: '@tensorflow/tfjs-node', systemCuda: false }
const script = join(import.meta.dirname, '../../orchestrator/dist/cli/setupCuda.js')

function withFiles(...names: string[]): string {
  const folder = temporaryFolder()
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), '')
  }
  return folder
}

describe('a folder', () => {
  it.each([
    ['of a wheel', 'tensorflow', ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'], 'tensorflow/include'],
    ['of libtensorflow', 'lib', ['libtensorflow.so.2', 'libtensorflow_framework.so.2'], 'include'],
  ])('%s', async (_, at, libraries, include) => {
    const folder = withFiles(...libraries.map((name) => join(at, name)), join(include, 'tensorflow/c/c_api.h'))
    expect(await findLibtensorflow(folder, setup)).toEqual({
      folder: join(folder, at),
      libraries,
      include: join(folder, include),
    })
  })

  it('without the library', async () => {
    const folder = withFiles('libtensorflow_cc.so.2')
    await expect(findLibtensorflow(folder, setup)).rejects.toThrow(
      `${folder}: expected libtensorflow_cc.so.2 and libtensorflow_framework.so.2, or libtensorflow.so.2 and`,
    )
  })

  it('without headers', async () => {
    const folder = withFiles('libtensorflow_cc.so.2', 'libtensorflow_framework.so.2')
    await expect(findLibtensorflow(folder, setup)).rejects.toThrow(
      `${folder}: expected include/tensorflow/c/c_api.h beside libtensorflow_cc.so.2`,
    )
  })
})

it('what is no folder, no wheel and no version is refused', async () => {
  await expect(findLibtensorflow('latest', setup)).rejects.toThrow(
    /^--libtensorflow latest: expected a folder, a wheel or a version such as 2\.15\.1, and there is no .*latest$/,
  )
})

describe('a wheel', () => {
  const library = new Uint8Array(3_000_000).map((_, at) => (at * at) >> 3)
  const zipped = () => {
    const wheel = join(temporaryFolder(), 'a.whl')
    writeFileSync(wheel, zipSync({ 'tensorflow/a.so': library, 'tensorflow/b.so': library, 'other.py': library }))
    return wheel
  }

  it('is unpacked as far as is wanted', async () => {
    const folder = temporaryFolder()
    expect(await unpack(zipped(), folder, (name) => name.endsWith('.so'))).toEqual([
      'tensorflow/a.so',
      'tensorflow/b.so',
    ])
    expect(readFileSync(join(folder, 'tensorflow/b.so')).equals(library)).toBe(true)
    expect(existsSync(join(folder, 'other.py'))).toBe(false)
  })

  it('that was cut short is refused, by its name', async () => {
    const wheel = zipped()
    truncateSync(wheel, 1000)
    await expect(unpack(wheel, temporaryFolder(), () => true)).rejects.toThrow(wheel)
  })
})

it('NVIDIA’s wheels are those that TensorFlow names, old and new', () => {
  const metadata = `Requires-Dist: numpy <2.0.0
Requires-Dist: nvidia-cublas-cu12 (==12.2.5.6) ; extra == 'and-cuda'
Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"
`
  expect(cudaWheels(metadata)).toEqual(['nvidia-cublas-cu12==12.2.5.6', 'nvidia-cudnn-cu12<10.0,>=9.3.0.75'])
})

it('a machine without a C++ compiler is told so in one sentence, before anything is fetched', async () => {
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, [script, '--cpu'], { env: { PATH: temporaryFolder() } }, (_, out, error) =>
      resolve(out + error),
    )
  })
  expect(said).toBe(
    'There is no C++ compiler here, which builds the addon: install one (Debian: apt-get install g++), or name one in CXX.\n',
  )
})
