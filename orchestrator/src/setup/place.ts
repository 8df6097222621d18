// What is set up, and where.
import { resolve } from 'node:path'

/** Of tfjs-node and tfjs-node-gpu. */
export const packageVersion = '4.22.0'

/** Where the engine looks for it, too: outside the workspace, whose lockfile it must not change. */
export const separateFolder = resolve(import.meta.dirname, '../../../.cuda')

export interface Setup {
  device: 'cpu' | 'cuda'
  package: string
  /** Whether CUDA comes from the system rather than from NVIDIA's wheels. */
  systemCuda: boolean
}
