// Models that no ONNX file holds: refused while they are built, before their weights take memory.
import '@tensorflow/tfjs-backend-cpu'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { describe, expect, it } from 'vitest'
import { ArchitectureProblem } from '../../orchestrator/src/zoo/architectureProblem.ts'
import { buildModel } from '../../orchestrator/src/zoo/buildModel.ts'
import { parameterCount } from '../../orchestrator/src/zoo/measure.ts'
import { resolved } from './architectures.ts'
import { architectureOf, layer, sequential } from './topologies/build.ts'

const dense = (units: number) => layer('Dense', { units })
const refused = (architecture: ResolvedArchitecture): ArchitectureProblem => {
  try {
    buildModel(architecture, [2, 2, 1], 10, 0)
  } catch (error) {
    if (error instanceof ArchitectureProblem) return error
    throw error
  }
  throw new Error('expected a problem, got a model')
}

describe('a model beyond 2 GB', () => {
  const message =
    'expected at most 532 million parameters, the 2 GB that an ONNX file holds, got more than 4,295 million'

  it('of the zoo is refused at its type', () => {
    const problem = refused(resolved({ type: 'mlp', hidden: [65_536, 65_536] }))
    expect([problem.path, problem.message]).toEqual([['type'], message])
  })

  it('of a file is refused at the file', () => {
    const problem = refused(
      architectureOf(sequential([2, 2, 1], layer('Flatten'), dense(65_536), dense(65_536), dense(10))),
    )
    expect([problem.path, problem.message]).toEqual([['file'], message])
  })

  it('does not stand in the way of the next', () => {
    const next = buildModel(resolved({ type: 'mlp', hidden: [3] }), [2, 2, 1], 10, 0)
    expect(parameterCount(next)).toBe(55)
  })
})
