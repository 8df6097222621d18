// Blended digits on the command line: planned, trained with a teacher's logits and with its features, and profiled.
import type { ProfileResult } from '@retort/schema/questions'
import { expect, it } from 'vitest'
import { folder, retort, small, write } from './retort.ts'

const relations = { type: 'rkd-distance', layers: [{ student: 'dense1', teacher: 'dense1' }] }
const experiment = {
  ...small,
  dataset: { ...small.dataset, augmentation: { steps: [{ type: 'mixup', alpha: 1 }], views: 2 } },
  temperatures: [4],
  training: { epochs: 1, batchSize: 64 },
  seeds: [1, 2],
  sweep: { objective: { values: [{ type: 'soft-targets' }, [{ type: 'dist' }, relations]] } },
}

it('blends are told of by the plan, trained on, and of the step that is profiled', async () => {
  const cwd = folder()
  const file = write(cwd, experiment)
  const plan = (await retort(cwd, 'plan', file)).stdout
  expect(plan).toContain('; training samples in 2 views each, blended in pairs (mixup, alpha 1).')
  expect(plan).toContain('Loss: loss = w_hard * (l * CE(y_i, z_s) + (1 - l) * CE(y_j, z_s)) + w_soft * D')
  expect(plan).toContain('; blends l * x_i + (1 - l) * x_j with l ~ Beta(1, 1)\n')
  const { stdout, stderr } = await retort(cwd, 'run', file)
  expect(stderr).toBe('')
  expect(stdout).toContain('7 of 7 trials done (0 reused)')
  const asked = ['profile', file, '--student', 'tiny', '--steps', '5', '--json']
  const { operators } = JSON.parse((await retort(cwd, ...asked)).stdout) as ProfileResult
  // The labels of both come in as two lists.
  expect(operators.filter(({ inputs }) => inputs.includes('int32[64]'))).toHaveLength(2)
})

it('what does not go with them is told of with its place', async () => {
  const cwd = folder()
  const { code, stderr } = await retort(
    cwd,
    'plan',
    write(cwd, { ...experiment, sweep: {}, objective: { type: 'dkd' } }),
  )
  expect(code).toBe(2)
  expect(stderr).toMatch(/:\d+:\d+ +objective\.type: expected an objective that reads no class beside "mixup"/)
})
