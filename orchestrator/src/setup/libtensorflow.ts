// Finds libtensorflow and its headers: in a folder, in a wheel of TensorFlow, or in the wheel of a version. A wheel of
// 2.12 or newer carries the whole C library, with CUDA in `tensorflow` and without in `tensorflow-cpu`.
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pip } from './pip.ts'
import { type Setup, separateFolder } from './place.ts'
import { unpack } from './wheel.ts'

export interface Libtensorflow {
  /** The folder of the libraries. */
  folder: string
  /** Their file names, in the order of the linker. */
  libraries: string[]
  /** Holds tensorflow/c/c_api.h. */
  include: string
}

/** In a wheel, and in the archives of libtensorflow. */
const fileNames = [
  ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
  ['libtensorflow.so.2', 'libtensorflow_framework.so.2'],
]

/**
 * @param where a folder, a wheel's path, or a version
 * @throws Error where it is none of these, or lacks the library or its headers
 */
export async function findLibtensorflow(where: string, setup: Setup): Promise<Libtensorflow> {
  // pnpm runs a script in its package's folder, not where it was called.
  const path = resolve(process.env.INIT_CWD ?? '.', where)
  if (existsSync(path)) return statSync(path).isDirectory() ? inFolder(path) : fromWheel(path, setup)
  if (!/^\d+\.\d+\.\d+/.test(where)) {
    throw new Error(
      `--libtensorflow ${where}: expected a folder, a wheel or a version such as 2.15.1, and there is no ${path}`,
    )
  }
  return ofVersion(where, setup)
}

/** @param name of where it comes from, for errors */
function inFolder(folder: string, name = folder): Libtensorflow {
  const folders = [folder, join(folder, 'tensorflow'), join(folder, 'lib')]
  for (const libraries of fileNames) {
    const found = folders.find((each) => libraries.every((name) => existsSync(join(each, name))))
    if (found === undefined) continue
    const includes = [join(found, 'include'), join(found, '../include')]
    const include = includes.find((each) => existsSync(join(each, 'tensorflow/c/c_api.h')))
    if (include === undefined) throw new Error(`${name}: expected include/tensorflow/c/c_api.h beside ${libraries[0]}`)
    return { folder: found, libraries, include }
  }
  const expected = fileNames.map((libraries) => libraries.join(' and ')).join(', or ')
  throw new Error(`${name}: expected ${expected}, there, in tensorflow/ or in lib/`)
}

async function ofVersion(version: string, setup: Setup): Promise<Libtensorflow> {
  const kept = join(separateFolder, 'libtensorflow', `${setup.device}-${version}`)
  if (existsSync(kept)) return inFolder(kept)
  const download = await temporaryFolder()
  try {
    const name = setup.device === 'cpu' ? 'tensorflow-cpu' : 'tensorflow'
    console.log(`Fetching the wheel ${name} ${version}`)
    pip('download', ['--dest', download, `${name}==${version}`])
    const [wheel] = readdirSync(download)
    return await unpackTo(kept, join(download, wheel!), setup)
  } finally {
    rmSync(download, { recursive: true })
  }
}

const fromWheel = (wheel: string, setup: Setup) =>
  unpackTo(join(separateFolder, 'libtensorflow', `${setup.device}-of-a-wheel`), wheel, setup)

/** Complete, or not there. */
async function unpackTo(folder: string, wheel: string, setup: Setup): Promise<Libtensorflow> {
  console.log(`Unpacking ${wheel}`)
  const unpacked = await temporaryFolder()
  try {
    const names = await unpack(wheel, unpacked, isWanted)
    inFolder(unpacked, wheel)
    if (setup.device === 'cuda' && !setup.systemCuda) {
      const cuda = cudaWheels(readFileSync(join(unpacked, names.find(isMetadata)!), 'utf8'))
      if (cuda.length === 0) {
        throw new Error(`${wheel}: names no CUDA of its own: take the wheel tensorflow, or pass --cpu or --system-cuda`)
      }
      // Where the library looks for it: beside the folder tensorflow.
      pip('install', ['--target', unpacked, ...cuda])
    }
    rmSync(folder, { recursive: true, force: true })
    chmodSync(unpacked, 0o755)
    renameSync(unpacked, folder)
  } finally {
    rmSync(unpacked, { recursive: true, force: true })
  }
  return inFolder(folder)
}

async function temporaryFolder(): Promise<string> {
  const folder = join(separateFolder, 'libtensorflow')
  await mkdir(folder, { recursive: true })
  return mkdtempSync(join(folder, '.new-'))
}

const isMetadata = (name: string) => /^tensorflow[^/]*\.dist-info\/METADATA$/.test(name)

/** The headers are those that c_api.h leads to in 2.12 to 2.21. */
const isWanted = (name: string): boolean =>
  fileNames.flat().some((library) => name === `tensorflow/${library}`) ||
  /^tensorflow\/include\/(tensorflow\/c|tensorflow\/core\/platform|tsl|xla\/tsl)\/.*\.h$/.test(name) ||
  isMetadata(name)

/** What the wheel wants of NVIDIA's, as pip takes it: `nvidia-cudnn-cu12<10.0,>=9.3.0.75`. */
export function cudaWheels(metadata: string): string[] {
  const wanted = metadata.matchAll(/^Requires-Dist: (nvidia-[^;]+);\s*extra == ['"]and-cuda['"]/gm)
  return [...wanted].map(([, requirement]) => requirement!.replace(/[\s()]/g, ''))
}
