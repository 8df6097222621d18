// Every rule on WebGPU against TensorFlow.js's own CPU backend, values and gradients.
import { deepEqual, equal } from 'node:assert/strict'
import * as tf from '@tensorflow/tfjs-core'
import { binaryCases } from '../engine/cases/binary.ts'
import { convolutionCases } from '../engine/cases/convolution.ts'
import { elementwiseCases } from '../engine/cases/elementwise.ts'
import { matmulCases } from '../engine/cases/matmul.ts'
import { reductionCases } from '../engine/cases/reductions.ts'
import { shapeCases } from '../engine/cases/shapes.ts'
import { type Case, expectedOf, signatures, stepOf, valuesOf } from '../engine/compare.ts'
import { closeTo } from './closeTo.ts'
import { countingCpuSessions, webgpu } from './onGpu.ts'
import type { Checks } from './webgpuTests.ts'

const cases = [
  ...elementwiseCases,
  ...binaryCases,
  ...reductionCases,
  ...matmulCases,
  ...shapeCases,
  ...convolutionCases,
]

/** Whose nodes onnxruntime 1.30 has only for the CPU, and for which there is no other formulation. */
const onCpuProvider = new Set(['ArgMax', 'ArgMin', 'IsFinite', 'IsInf', 'IsNan', 'TopK'])

/** @returns whether some of its nodes run on the CPU */
async function leavesTheGpu(one: Case): Promise<boolean> {
  const engine = await webgpu()
  const step = stepOf(one)
  const expected = await expectedOf(one)
  await tf.setBackend('retort')
  const { result, sessions } = await countingCpuSessions(() => engine.compile(step, signatures(one.inputs)))
  const actual = await result.run(valuesOf(one.inputs))
  result.dispose()
  deepEqual(Object.keys(actual), Object.keys(expected))
  for (const [name, values] of Object.entries(expected)) closeTo(actual[name]!, values, 1e-3, name)
  return sessions > 0
}

/** One for each kernel. */
export const checks: Checks = Object.fromEntries(
  [...new Set(cases.map(({ kernel }) => kernel))].map((kernel) => [
    kernel,
    async () => {
      let leaves = false
      for (const one of cases.filter((each) => each.kernel === kernel)) {
        try {
          leaves = (await leavesTheGpu(one)) || leaves
        } catch (error) {
          throw new Error(`${one.name ?? kernel}: ${(error as Error).message}`, { cause: error })
        }
      }
      equal(leaves, onCpuProvider.has(kernel), 'whether some of its nodes run on the CPU')
    },
  ]),
)
