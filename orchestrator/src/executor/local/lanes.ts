// How many trials run at a time, with how many threads, and which GPU each of them sees.
import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { gpuShareVariable } from '../../setup/gpuShare.ts'

/** Room for one trial at a time. */
export interface Lane {
  /** Added to this process's environment. */
  env: Record<string, string>
}

export interface LaneOptions {
  concurrency: number | 'auto'
  threadsPerTrial: number | 'auto'
  /** Where the trials run: what was asked for or, for "auto", what was found. */
  device: 'cpu' | 'webgpu' | 'cuda'
  cores?: number
  /** Ids of the GPUs, for CUDA_VISIBLE_DEVICES. */
  gpus?: string[]
}

/** glibc asks Linux for huge pages; it reads this when a process starts. Without them page faults double some steps. */
const allocator = { GLIBC_TUNABLES: process.env.GLIBC_TUNABLES ?? 'glibc.malloc.hugetlb=1' }

/** Of a GPU's memory, what trials that run there at once have together; its driver and their contexts take the rest. */
const shared = 0.9

/** "auto" is one trial for each CUDA GPU, one where WebGPU picks the GPU itself, else one for each core. */
export function planLanes(options: LaneOptions): { lanes: Lane[]; threads: number } {
  const cores = options.cores ?? availableParallelism()
  const gpus = options.device === 'cuda' ? (options.gpus ?? findGpus()) : []
  const natural = options.device === 'cuda' ? gpus.length : options.device === 'webgpu' ? 1 : cores
  const concurrency = options.concurrency === 'auto' ? natural : options.concurrency
  const threads =
    options.threadsPerTrial === 'auto' ? Math.max(1, Math.floor(cores / concurrency)) : options.threadsPerTrial
  const lanes = Array.from({ length: concurrency }, (_, number): Lane => {
    const env: Record<string, string> = { OMP_NUM_THREADS: String(threads), ...allocator }
    if (gpus.length > 0) {
      const gpu = number % gpus.length
      env.CUDA_VISIBLE_DEVICES = gpus[gpu]!
      const sharers = Math.ceil((concurrency - gpu) / gpus.length)
      if (sharers > 1) env[gpuShareVariable] = (shared / sharers).toFixed(3)
    }
    return { env }
  })
  return { lanes, threads }
}

/**
 * The NVIDIA GPUs that this process may use.
 * @throws Error when there is none
 */
export function findGpus(environment: NodeJS.ProcessEnv = process.env): string[] {
  const visible = environment.CUDA_VISIBLE_DEVICES
  if (visible !== undefined) {
    const ids = visible.split(',').map((id) => id.trim())
    // CUDA itself stops reading at the first id that names nothing.
    const end = ids.findIndex((id) => id === '' || id === '-1')
    const gpus = end === -1 ? ids : ids.slice(0, end)
    if (gpus.length === 0) throw new Error(`device "cuda": CUDA_VISIBLE_DEVICES="${visible}" hides every GPU`)
    return gpus
  }
  let list: string
  try {
    list = execFileSync('nvidia-smi', ['-L'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    throw new Error(`device "cuda": nvidia-smi -L found no GPU: ${(error as Error).message.trim()}`)
  }
  const gpus = [...list.matchAll(/^GPU (\d+):/gm)].map((match) => match[1]!)
  if (gpus.length === 0) throw new Error(`device "cuda": nvidia-smi -L names no GPU: ${list.trim() || 'no output'}`)
  return gpus
}
