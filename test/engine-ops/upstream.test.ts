// The recording backend under TensorFlow.js's own tests of its operations: one test here for each file of theirs.
import { openOnnxEngine } from '@retort/orchestrator/engine/onnx'
import { kernelSupport } from '@retort/orchestrator/engine/record/kernels'
import { describe, expect, it } from 'vitest'
import { KERNELS, reasonOf, SINGLE } from './leftOut.ts'
import { runUpstream } from './upstream.ts'

await openOnnxEngine({ device: 'cpu', threads: 1 })
const specs = await runUpstream()
const failed = specs.filter(({ status }) => status !== 'passed')
const passed = specs.length - failed.length

describe('TensorFlow.js’s own tests pass, but for those left out with a reason:', () => {
  it.each([...new Set(specs.map(({ file }) => file))])('%s', (file) => {
    expect(failed.filter((spec) => spec.file === file && reasonOf(spec) === undefined)).toEqual([])
  })
})

it('nothing is left out that would pass', () => {
  const names = new Set(failed.map(({ file, name }) => `${file} ${name}`))
  expect(Object.keys(SINGLE).filter((name) => !names.has(name))).toEqual([])
  const withRule = kernelSupport().filter(({ kernel, rule }) => rule && Object.hasOwn(KERNELS, kernel))
  expect(withRule).toEqual([])
})

it('of the tests of kernels with a rule, in float32, int32 and bool, at least 98 % pass', () => {
  const counts: Record<string, number> = {}
  for (const spec of failed) {
    const reason = reasonOf(spec) ?? 'no reason'
    counts[reason] = (counts[reason] ?? 0) + 1
  }
  const ofRules = passed + Object.keys(SINGLE).length
  console.log(
    [
      `TensorFlow.js’s own tests: ${passed} of ${specs.length} pass, ${passed} of ${ofRules} of those for kernels with a rule. Left out:`,
      ...Object.entries(counts).map(([reason, count]) => `${String(count).padStart(5)}  ${reason}`),
    ].join('\n'),
  )
  expect(passed).toBeGreaterThan(3400)
  expect(passed / ofRules).toBeGreaterThan(0.98)
})
