// Models train on WebGPU as on the CPU, and no node of theirs leaves it.
import { checks } from './training.checks.ts'
import { webgpuTests } from './webgpuTests.ts'

webgpuTests('training on WebGPU', new URL('training.checks.ts', import.meta.url), checks)
