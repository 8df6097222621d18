// When "auto" takes WebGPU.
import { compare } from '@retort/orchestrator/engine/webgpuPays'
import { expect, it } from 'vitest'
import { checks } from './auto.checks.ts'
import { webgpuTests } from './webgpuTests.ts'

webgpuTests('"auto" on SwiftShader', new URL('auto.checks.ts', import.meta.url), checks)

it.each([
  ['a fast GPU', [1, 4], [2, 100], true, false],
  ['a GPU that starts slowly, but computes fast', [6, 10], [2, 100], true, false],
  ['a GPU no faster than the processor', [2, 90], [2, 100], false, false],
  ['a GPU that large products slow down', [2, 500], [2, 100], false, true],
  ['a program that was given up after the small product', [800], [2, 100], false, true],
])('%s', (_, gpu, cpu, pays, hopeless) => {
  expect(compare(gpu, cpu)).toMatchObject({ pays, hopeless })
})
