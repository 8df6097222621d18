// `pnpm setup:cuda`: builds @tensorflow/tfjs-node-gpu (or, with --cpu, tfjs-node) against a libtensorflow of today, and
// verifies it by training steps. It goes to a folder of its own, so that the lockfile of the workspace stays as it is
// and nobody else pays for it. On Linux; elsewhere the package's own script fetches the binary that it was published with.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { probeEngines } from '../executor/probeEngines.ts'
import { buildAddon, findCompiler } from '../setup/addon.ts'
import { findLibtensorflow } from '../setup/libtensorflow.ts'
import { packageVersion, type Setup, separateFolder } from '../setup/place.ts'
import { withWorker } from './worker.ts'

/** The newest that was tried with all of Retort's tests. */
const defaultVersion = '2.21.0'

interface Options {
  cpu?: boolean
  libtensorflow: string
  systemCuda?: boolean
}

const options = new Command('pnpm setup:cuda')
  .description('Build the tensorflow engine: TensorFlow.js on libtensorflow, for GPUs by NVIDIA or for the CPU.')
  .option('--cpu', 'build tfjs-node on the wheel tensorflow-cpu; nothing of CUDA is fetched')
  .option(
    '--libtensorflow <where>',
    'a folder that holds it, a wheel of TensorFlow, or a version that pip fetches',
    defaultVersion,
  )
  .option('--system-cuda', "use the system's CUDA 12 and cuDNN rather than fetch NVIDIA's wheels")
  .parse()
  .opts<Options>()

try {
  await setUp(options)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}

async function setUp({ cpu = false, libtensorflow, systemCuda = false }: Options): Promise<void> {
  const setup: Setup = {
    device: cpu ? 'cpu' : 'cuda',
    package: `@tensorflow/tfjs-node${cpu ? '' : '-gpu'}`,
    systemCuda,
  }
  if (process.platform === 'linux') {
    // Before hundreds of megabytes are fetched for it.
    const compiler = findCompiler()
    const library = await findLibtensorflow(libtensorflow, setup)
    install(setup, ['--ignore-scripts', 'node-api-headers@1.9.0'])
    buildAddon(compiler, library, setup)
  } else install(setup, [])
  await verify(setup)
}

function install({ package: name }: Setup, more: string[]): void {
  mkdirSync(separateFolder, { recursive: true })
  const manifest = join(separateFolder, 'package.json')
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n')
  console.log(`Installing ${name} ${packageVersion} in ${separateFolder}`)
  const args = ['install', `${name}@${packageVersion}`, ...more, '--no-audit', '--no-fund', '--loglevel=error']
  const windows = process.platform === 'win32'
  const { status, error } = spawnSync('npm', args, { cwd: separateFolder, stdio: 'inherit', shell: windows })
  if (status !== 0) {
    throw new Error(`npm could not install it (${error?.message ?? `exit code ${status}`}); its reason stands above`)
  }
}

/** By steps in a process of its own: what loads may still end at its first operation. */
async function verify({ device }: Setup): Promise<void> {
  const { engines } = await withWorker(probeEngines)
  const found = engines.find((each) => each.engine === 'tensorflow' && each.device === device)
  if (!found?.works) throw new Error(`It is built, but does not work on ${device}: ${found?.detail}`)
  const versions = Object.entries(found.versions).map(([name, version]) => `${name} ${version}`)
  console.log(`It trains on ${device} (${versions.join(', ')}). A sweep takes it by "engine": "tensorflow".`)
}
