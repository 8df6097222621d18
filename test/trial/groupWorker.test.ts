// The worker's process trains a group, and times one, as the pool asks it to.
import { existsSync } from 'node:fs'
import type { AttemptEnd } from '@retort/orchestrator/executor/executor'
import { createPool } from '@retort/orchestrator/executor/local/pool'
import { expect, it, onTestFinished } from 'vitest'
import { config, placement, request, temporaryFolder } from './fixture.ts'

const workerUrl = new URL('../../orchestrator/dist/trial/worker.js', import.meta.url)
const folder = temporaryFolder()

it('tells of every member by its place, and answers for all of them', async () => {
  const pool = createPool({ workerUrl, lanes: [{ env: {} }], stallSeconds: 300 })
  onTestFinished(() => pool.close())
  const size = { members: 4, sameSeed: true }
  const ask = { task: 'time group', config: config(), teacher: null, placement, artifacts: folder, ...size } as const
  const timed = await pool.ask(ask)
  expect(timed).toMatchObject({ alone: expect.any(Number), together: expect.any(Number), problem: null })
  expect(timed.alone).toBeGreaterThan(0)

  const requests = [1, 2, 3].map((seed) => request(folder, `seed ${seed}`, config({ seed })))
  const epochs: number[][] = [[], [], []]
  const running = pool.submit({ task: 'train group', requests }, (event, member) => {
    if (event.type === 'epoch') epochs[member]!.push(event.record.epoch)
  })
  const ends = await running.ended
  expect(ends.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done'])
  expect(epochs).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ])
})

it('stops one of a group at its checkpoint; the others train as if it had gone on', async () => {
  const pool = createPool({ workerUrl, lanes: [{ env: {} }], stallSeconds: 300 })
  onTestFinished(() => pool.close())
  const grouped = (name: string) => ({
    task: 'train group' as const,
    requests: [1, 2, 3].map((seed) => {
      const { training, ...rest } = config({ seed })
      return request(folder, `${name} ${seed}`, { ...rest, training: { ...training, epochs: 6 } })
    }),
  })
  const whole = await pool.submit(grouped('whole'), () => {}).ended
  const stopped = grouped('stopped')
  const submission = pool.submit(stopped, ({ type }, member) => {
    if (type === 'epoch' && member === 1) submission.stop(1)
  })
  const ends = await submission.ended
  expect(ends.map(({ outcome }) => outcome)).toEqual(['done', 'interrupted', 'done'])
  expect(existsSync(stopped.requests[1]!.checkpoint)).toBe(true)
  const accuracies = (each: typeof ends) =>
    [0, 2].map((member) => (each[member] as Extract<AttemptEnd, { outcome: 'done' }>).metrics.validationAccuracy)
  expect(accuracies(ends)).toEqual(accuracies(whole))
})
