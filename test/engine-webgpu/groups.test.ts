// Members of a group train on WebGPU as each would alone.
import { checks } from './groups.checks.ts'
import { webgpuTests } from './webgpuTests.ts'

webgpuTests('groups on WebGPU', new URL('groups.checks.ts', import.meta.url), checks)
