// The `tensorflow` engine: the step runs eagerly on libtensorflow, through tfjs-node-gpu or tfjs-node, which people
// install on their own since they need a library of several hundred megabytes.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import util from 'node:util'
import * as tf from '@tensorflow/tfjs-core'
import { separateFolder } from '../setup/place.ts'
import { registerAccurateSums } from './accurateSums.ts'
import { eagerEngine } from './eager.ts'
import type { Engine } from './engine.ts'

const gpuPackage = '@tensorflow/tfjs-node-gpu'
const cpuPackage = '@tensorflow/tfjs-node'

/** The part of the packages that is used. Importing one registers the TensorFlow.js backend `tensorflow`. */
interface TensorflowModule {
  version: Record<string, string>
}

/** The part of the packages' backend that is used. */
interface NodeBackend {
  isUsingGpuDevice: boolean
  /** Of the addon. */
  binding: { TF_Version: string }
}

/** Loads a package by its name, as `import()` does. */
export type Load = (name: string) => Promise<unknown>

export interface TensorflowOptions {
  /** "auto" takes CUDA where it works, else the CPU. */
  device: 'auto' | 'cpu' | 'cuda'
  threads: number
}

/** In the order in which they are tried. */
const packagesFor = { auto: [gpuPackage, cpuPackage], cuda: [gpuPackage], cpu: [cpuPackage, gpuPackage] }

/**
 * @throws Error with each package's reason and how to install, when none is there with its binary, or none gives
 * the device that was asked for
 */
export async function openTensorflowEngine(
  { device, threads }: TensorflowOptions,
  load: Load = loadInstalled,
): Promise<Engine> {
  // libtensorflow reads these when it is loaded, and has no other way to be told.
  process.env.TF_NUM_INTRAOP_THREADS = String(threads)
  process.env.TF_NUM_INTEROP_THREADS = '1'
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1'
  // Else the first process takes all of a GPU's memory, and a second trial there has none.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'
  const refused: string[] = []
  let isThere = false
  for (const name of packagesFor[device]) {
    const opened = await open(name, load)
    if (typeof opened === 'string') {
      refused.push(`${name}: ${opened}`)
      continue
    }
    if (device !== 'auto' && opened.device !== device) {
      isThere = true
      refused.push(`${name}: works on ${opened.device}, but finds no device ${device}`)
      continue
    }
    return eagerEngine({ name: 'tensorflow', threads, ...opened })
  }
  const way = isThere ? '' : '; install it by: pnpm setup:cuda, or for the CPU: pnpm setup:cuda --cpu'
  throw new Error(`the tensorflow engine is not available: ${refused.join('; ')}${way}`)
}

/** From the folder of `pnpm setup:cuda` or, where it is not installed there, from beside Retort. */
async function loadInstalled(name: string): Promise<unknown> {
  const path = createRequire(import.meta.url).resolve(name, { paths: [separateFolder, import.meta.dirname] })
  restoreUtil()
  // The package brings TensorFlow.js once more, which says of all it registers that this is there already.
  tf.env().set('PROD', true)
  try {
    return await import(pathToFileURL(path).href)
  } finally {
    tf.env().set('PROD', false)
  }
}

/** tfjs-node 4.22 calls, in its operations, two functions that Node 23 took out of `util`. */
function restoreUtil(): void {
  const gone = util as unknown as Record<string, unknown>
  gone.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  gone.isArray ??= Array.isArray
}

type Opened = Pick<Engine, 'device' | 'versions'>

/** What the package gives, or why it does not work. */
async function open(name: string, load: Load): Promise<Opened | string> {
  let loaded: TensorflowModule
  try {
    loaded = (await load(name)) as TensorflowModule
  } catch (error) {
    return reasonOf(error as NodeJS.ErrnoException, name)
  }
  if (!(await tf.setBackend('tensorflow'))) return 'its backend does not start'
  const { isUsingGpuDevice, binding } = tf.backend() as unknown as NodeBackend
  if (isUsingGpuDevice !== true) registerAccurateSums('tensorflow')
  return {
    device: isUsingGpuDevice === true ? 'cuda' : 'cpu',
    versions: {
      libtensorflow: binding.TF_Version,
      [name]: loaded.version['tfjs-node'] as string,
      'tfjs-core': tf.version_core,
    },
  }
}

function reasonOf(error: NodeJS.ErrnoException, name: string): string {
  if (isMissing(error, name)) return 'not installed'
  if (error.message.includes('tfjs_binding.node')) return 'installed without its binary'
  return error.message.split('\n', 1)[0] as string
}

/** Whether the package itself was not found, by `import` or by `require`, rather than something that it loads. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes(`'${name}'`)
}
