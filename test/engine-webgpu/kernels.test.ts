// Every kernel on WebGPU, and which of them leave the GPU.
import { checks } from './kernels.checks.ts'
import { webgpuTests } from './webgpuTests.ts'

webgpuTests('kernels on WebGPU', new URL('kernels.checks.ts', import.meta.url), checks)
