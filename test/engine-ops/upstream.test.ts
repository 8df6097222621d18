// The recording backend under TensorFlow.js's own tests of its operations: one test here for each file of theirs.
import { openOnnxEngine } from '@retort/orchestrator/engine/onnx'
import { BACKEND } from '@retort/orchestrator/engine/record/backendName'
import { kernelSupport } from '@retort/orchestrator/engine/record/kernels'
import { expect, it } from 'vitest'
import * as leftOut from './leftOut.ts'
import { runUpstream } from './upstream.ts'
import { counted, failedOf, upstreamTests } from './upstreamTests.ts'

await openOnnxEngine({ device: 'cpu', threads: 1 })
const specs = await runUpstream(BACKEND)
const passed = specs.length - failedOf(specs).length

upstreamTests(specs, leftOut)

it('no kernel is left out that has a rule', () => {
  const withRule = kernelSupport().filter(({ kernel, rule }) => rule && Object.hasOwn(leftOut.KERNELS, kernel))
  expect(withRule).toEqual([])
})

it('of the tests of kernels with a rule, in float32, int32 and bool, at least 98 % pass', () => {
  const ofRules = passed + Object.keys(leftOut.SINGLE).length
  const counts = `${passed} of ${specs.length} pass, ${passed} of ${ofRules} of those for kernels with a rule`
  console.log(`TensorFlow.js’s own tests: ${counts}. ${counted(specs, leftOut)}`)
  expect(passed).toBeGreaterThan(3400)
  expect(passed / ofRules).toBeGreaterThan(0.98)
})
