// Every rule against TensorFlow.js's own CPU backend, values and gradients.
import { RULES } from '@retort/orchestrator/engine/rules/rules'
import { describe, expect, it } from 'vitest'
import { binaryCases } from './cases/binary.ts'
import { convolutionCases } from './cases/convolution.ts'
import { elementwiseCases } from './cases/elementwise.ts'
import { matmulCases } from './cases/matmul.ts'
import { moreCases } from './cases/more.ts'
import { reductionCases } from './cases/reductions.ts'
import { shapeCases } from './cases/shapes.ts'
import { compare } from './compare.ts'

const cases = [
  ...elementwiseCases,
  ...binaryCases,
  ...reductionCases,
  ...matmulCases,
  ...shapeCases,
  ...convolutionCases,
  ...moreCases,
]

describe('a kernel gives what it gives on the CPU backend', () => {
  for (const one of cases) {
    it(`${one.kernel} ${one.name ?? ''}`, () => compare(one))
  }
})

it('every kernel with a rule has a case', () => {
  const tried = new Set(cases.map((one) => one.kernel))
  expect(Object.keys(RULES).filter((kernel) => !tried.has(kernel))).toEqual([])
})
