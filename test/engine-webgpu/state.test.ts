// Variables live on the GPU between steps, and move where they are asked for.
import { checks } from './state.checks.ts'
import { webgpuTests } from './webgpuTests.ts'

webgpuTests('state on WebGPU', new URL('state.checks.ts', import.meta.url), checks)
