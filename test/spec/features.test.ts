// Layers that objectives name are looked for in the models, before anything trains.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepare } from '@retort/orchestrator/cli/prepare'
import { openEngine } from '@retort/orchestrator/engine/open'
import { formatProblem, InputError } from '@retort/orchestrator/errors/problem'
import type { Ask } from '@retort/orchestrator/executor/ask'
import { inspect } from '@retort/orchestrator/trial/inspect'
import { openWorkshop } from '@retort/orchestrator/trial/workshop'
import type { InspectRequest } from '@retort/schema/questions'
import { afterAll, describe, expect, it } from 'vitest'
import { experimentWith } from './complaints.ts'

const folder = mkdtempSync(join(tmpdir(), 'retort-features-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const workshop = openWorkshop(openEngine)
const ask = ((request: InspectRequest) => inspect(request, workshop)) as Ask

const cnn = (filters: number[], rest = {}) => ({ type: 'cnn', filters, ...rest })
const models = {
  teachers: [{ id: 'big', architecture: cnn([8, 16], { dense: [32] }) }],
  students: [{ id: 'tiny', architecture: cnn([4, 8]) }],
}

/** What is wrong, without line and column. */
async function problemsOf(changes: Record<string, unknown>): Promise<string[]> {
  const file = join(folder, 'x.json')
  writeFileSync(file, experimentWith({ ...models, ...changes }))
  try {
    await prepare(file, ask)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.problems.map((problem) => formatProblem(problem).replace(/^.*x\.json:\d+:\d+ {2}/, ''))
  }
  return []
}

const on = (type: string, ...layers: [student: string, teacher: string][]) => ({
  type,
  layers: layers.map(([student, teacher]) => ({ student, teacher })),
})

describe('layers', () => {
  it('that fit are taken', async () => {
    const objective = [
      on('hints', ['conv2_relu', 'conv2_relu'], ['flatten', 'dense1']),
      on('attention-transfer', ['conv1_relu', 'conv2_relu']),
      on('similarity-preserving', ['flatten', 'conv1']),
      on('rkd-angle', ['logits', 'logits']),
    ]
    expect(await problemsOf({ objective })).toEqual([])
  })

  it('that do not exist are refused at their place, with those that do', async () => {
    const objective = [{ type: 'soft-targets' }, on('rkd-angle', ['conv1_relu', 'conv1_rellu'], ['conv9', 'dense1'])]
    expect(await problemsOf({ objective })).toEqual([
      'objective[1].layers[0].teacher: "big" has no layer "conv1_rellu"; it has "images", "conv1", "conv1_relu", ' +
        '"conv1_pool", "conv2", "conv2_relu", "conv2_pool", "flatten", "dense1", "dense1_relu", "logits"; ' +
        'did you mean "conv1_relu"?',
      expect.stringMatching(/^objective\[1\]\.layers\[1\]\.student: "tiny" has no layer "conv9"; it has "images", /),
    ])
  })

  it('are looked for in the values of an axis, and in every student at every point', async () => {
    const sweep = {
      objective: { values: [{ type: 'soft-targets' }, on('rkd-distance', ['dense2', 'logits'])] },
      'architecture.dense': { values: [[16, 16], [16]] },
    }
    expect(await problemsOf({ sweep })).toEqual([
      expect.stringMatching(
        /^sweep\.objective\.values\[1\]\.layers\[0\]\.student: "tiny" has no layer "dense2"; .* "dense1"/,
      ),
    ])
  })

  it('whose sizes do not compare are refused with both', async () => {
    expect(await problemsOf({ objective: on('hints', ['conv1_relu', 'conv2_relu']) })).toEqual([
      'objective.layers[0]: hints: expected two layers of units, or two of channels of equal height and width, ' +
        'got 28 x 28 x 4 of "conv1_relu" in "tiny" and 14 x 14 x 16 of "conv2_relu" in "big"',
    ])
    expect(await problemsOf({ objective: on('attention-transfer', ['logits', 'conv2_relu']) })).toEqual([
      'objective.layers[0]: attention-transfer: expected two layers of height x width x channels, ' +
        'got 10 of "logits" in "tiny" and 14 x 14 x 16 of "conv2_relu" in "big"',
    ])
  })

  it('matter only between those that teach and are taught', async () => {
    const students = [...models.students, { id: 'mlp', architecture: { type: 'mlp', hidden: [8] } }]
    const objective = on('rkd-angle', ['conv1', 'conv1'])
    expect(await problemsOf({ students, objective })).toHaveLength(1)
    expect(await problemsOf({ students, objective, pairs: [{ teacher: 'big', student: 'tiny' }] })).toEqual([])
  })
})
