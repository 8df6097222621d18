// Objectives as an axis and baselines of several kinds on the command line: planned, trained, ranked and profiled.
import type { ProfileResult } from '@retort/schema/questions'
import { expect, it } from 'vitest'
import { folder, retort, small, write } from './retort.ts'

const relations = { type: 'rkd-distance', weight: 5, layers: [{ student: 'dense1', teacher: 'dense1' }] }
const experiment = {
  ...small,
  temperatures: [4],
  training: { epochs: 1, batchSize: 64 },
  baselines: ['scratch', 'label-smoothing'],
  sweep: { objective: { values: [{ type: 'soft-targets' }, relations] as object[] } },
}

it('an axis of objectives is trained and ranked; one on features finds its teacher in the store later too', async () => {
  const cwd = folder()
  const file = write(cwd, experiment)
  const first = await retort(cwd, 'run', file)
  expect(first.stderr).toBe('')
  expect(first.stdout).toContain('5 of 5 trials done (0 reused)')
  const hints = { type: 'hints', layers: [{ student: 'dense1_relu', teacher: 'dense1_relu' }] }
  const values = [...experiment.sweep.objective.values, [{ type: 'soft-targets' }, hints]]
  write(cwd, { ...experiment, sweep: { objective: { values } } })
  expect((await retort(cwd, 'run', file)).stdout).toContain('6 of 6 trials done (5 reused)')

  const ranked = (await retort(cwd, 'rank', 'small')).stdout
  expect(ranked).toContain('tiny (baseline), labelLoss=label-smoothing(epsilon=0.1)')
  expect(ranked).toContain('tiny <- big, 0.1/0.9, objective=rkd-distance(weight=5, layers=dense1)')
  expect(ranked).toContain('tiny <- big, T=4, 0.1/0.9, objective=soft-targets + hints(layers=dense1_relu)')
  const { configurations: rows } = JSON.parse((await retort(cwd, 'rank', 'small', '--json')).stdout) as {
    configurations: { role: string; axes: object; gain: number | null }[]
  }
  // Everything but the baseline from scratch is compared to it.
  const scratch = rows.filter(({ role, axes }) => role === 'baseline' && Object.keys(axes).length === 0)
  expect(scratch).toHaveLength(1)
  expect(rows.filter(({ gain }) => gain === null)).toEqual(scratch)
})

it('a layer that is none is told of before anything trains', async () => {
  const cwd = folder()
  const objective = { ...relations, layers: [{ student: 'dense1', teacher: 'dense2' }] }
  const { code, stderr } = await retort(cwd, 'run', write(cwd, { ...experiment, sweep: {}, objective }))
  expect(code).toBe(2)
  expect(stderr).toMatch(
    /objective\.layers\[0\]\.teacher: "big" has no layer "dense2"; it has "images", "flatten", "dense1", /,
  )
})

it('the classes of a convention are those of the data', async () => {
  const cwd = folder()
  const { temperatures: _, ...rest } = experiment
  const convention = { type: 'takd', lambda: 0.5, classes: 100 }
  const { code, stderr } = await retort(cwd, 'plan', write(cwd, { ...rest, sweep: {}, convention }))
  expect(code).toBe(2)
  expect(stderr).toMatch(/convention\.classes: expected the data's 10 classes, got 100\n$/)
})

it('a student with its teacher beside it is profiled so', async () => {
  const cwd = folder()
  const file = write(cwd, { ...experiment, sweep: {}, objective: relations })
  const asked = ['profile', file, '--student', 'tiny', '--steps', '5', '--json']
  const { stdout, stderr } = await retort(cwd, ...asked)
  expect(stderr).toBe('')
  const { operators } = JSON.parse(stdout) as ProfileResult
  // The teacher's dense layer has 64 units.
  expect(operators.some(({ outputs }) => outputs.includes('float[64,64]'))).toBe(true)
})

it('students whose large teacher runs in their step train as one graph, to what each gets alone', async () => {
  const hints = { type: 'hints', layers: [{ student: 'dense1', teacher: 'dense1' }] }
  const { temperatures: _, sweep: __, ...rest } = experiment
  const taught = {
    ...rest,
    teachers: [{ id: 'big', architecture: { type: 'mlp', hidden: [2048] } }],
    objective: hints,
    baselines: [],
    lossWeights: [1, 2, 3, 4].map((soft) => ({ hard: 1, soft })),
    seeds: [1, 2],
  }
  const lossesOf = async (grouping: 'auto' | 'off') => {
    const cwd = folder()
    const file = write(cwd, { ...taught, execution: { ...small.execution, grouping } })
    const { stdout, stderr } = await retort(cwd, 'run', file)
    expect(stderr).toBe('')
    expect(stdout).toContain('9 of 9 trials done')
    expect(stdout.includes('tiny <- big: up to 4 trials train as one graph')).toBe(grouping === 'auto')
    const { trials } = JSON.parse((await retort(cwd, 'show', 'small', '--json')).stdout) as {
      trials: { trial: string; validationLoss: number }[]
    }
    return new Map(trials.map(({ trial, validationLoss }) => [trial, validationLoss]))
  }
  const together = await lossesOf('auto')
  for (const [trial, loss] of await lossesOf('off')) expect(together.get(trial)! / loss).toBeCloseTo(1, 4)
})
