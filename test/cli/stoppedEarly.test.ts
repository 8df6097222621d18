// A trial that the search has stopped early, where people meet it: it is named, and compared with nobody.
import { join } from 'node:path'
import { createRecorder } from '@retort/orchestrator/store/record'
import { openStore } from '@retort/orchestrator/store/store'
import { trialsOf } from '@retort/schema/store/read/trials'
import { expect, it } from 'vitest'
import { seedStore } from '../dashboard/seed.ts'
import { folder, retort } from './retort.ts'

interface Ranked {
  configurations: { configuration: string; n: number; planned: number }[]
}

it('is in show, report and counts, and in no ranking and no export', async () => {
  const cwd = folder()
  const file = join(cwd, 'retort.db')
  const ask = async (...options: string[]) => retort(cwd, ...options, '--store', file)
  const ranked = async () => JSON.parse((await ask('rank', 'mnist-night', '--json')).stdout) as Ranked
  seedStore(file)
  const before = await ranked()
  const reason = 'the search stopped it after epoch 3 of 12'
  const store = openStore(file)
  const trial = trialsOf(store.db, 'mnist-night').find(({ role, status }) => role === 'student' && status === 'done')!
  createRecorder(store).forget(trial.trial)
  createRecorder(store).trialEnded(trial.trial, { status: 'stopped early', reason })
  store.close()

  const counted = ({ configurations }: Ranked) =>
    configurations.find(({ configuration }) => configuration === trial.configuration)!
  const { n, planned } = counted(await ranked())
  expect([n, planned]).toEqual([counted(before).n - 1, counted(before).planned])

  const shown = await ask('show', 'mnist-night')
  expect(shown.stdout).toMatch(/79 of 82 trials done, 0 running, 0 pending, 1 stopped early, 2 failed/)
  expect(shown.stdout).toContain(`: stopped early: ${reason}`)
  const report = await ask('report', 'mnist-night')
  expect(report.stdout).toContain('79 of 82 trials done, 1 stopped early, 2 failed.')
  const section = report.stdout.split('## Stopped early\n')[1]!.split('\n## ')[0]!
  expect(section).toContain('in no ranking and no comparison')
  expect(section.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3)
  expect(report.stdout.split('## What failed\n')[1]!.split('\n## ')[0]).not.toContain('stopped early')

  const exported = await ask('export', trial.trial, '--format', 'onnx', '--out', join(cwd, 'out'))
  expect(exported.code).toBe(2)
  expect(exported.stderr).toContain('has left no model: it is not done')
})
