// The real libtensorflow under TensorFlow.js's own tests of its operations: one test here for each file of theirs.
import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { runUpstream } from '../engine-ops/upstream.ts'
import { counted, failedOf, upstreamTests } from '../engine-ops/upstreamTests.ts'
import * as leftOut from './leftOut.ts'
import { realEngine, realTests } from './realLibrary.ts'

const specs = realEngine === null ? [] : await runUpstream('tensorflow')
const passed = specs.length - failedOf(specs).length

realTests('TensorFlow.js’s own tests on libtensorflow', () => {
  upstreamTests(specs, leftOut)

  it('no kernel is left out that is there, and no refusal that is not said', () => {
    const there = Object.keys(leftOut.KERNELS).filter((name) => tf.getKernel(name, 'tensorflow') !== undefined)
    expect(there).toEqual([])
    const messages = failedOf(specs).map(({ message }) => message ?? '')
    expect(leftOut.REFUSALS.filter(([said]) => !messages.some((message) => said.test(message)))).toEqual([])
  })

  it('at least 93 % pass', () => {
    console.log(`TensorFlow.js’s own tests: ${passed} of ${specs.length} pass. ${counted(specs, leftOut)}`)
    expect(passed / specs.length).toBeGreaterThan(0.93)
  })
})
