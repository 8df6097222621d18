// How a sweep goes by its search: which trials it asks for, and which it stops.
import { existsSync } from 'node:fs'
import type { PlannedTrial } from '@retort/orchestrator/plan/plan'
import type { CreateSampler, History } from '@retort/orchestrator/search/sampler'
import { createGrid } from '@retort/orchestrator/search/samplers/grid'
import { checkpointPath } from '@retort/orchestrator/store/store'
import type { TimeGroupResult } from '@retort/schema/questions'
import { ranking } from '@retort/schema/store/read/ranking'
import { attemptsOf, epochsOf, trialsOf } from '@retort/schema/store/read/trials'
import { expect, it } from 'vitest'
import { planOf } from './plans.ts'
import { setting } from './setting.ts'

/** The grid, but trials that are named end after so many epochs. */
const stopping =
  (after: number, ...ids: string[]): CreateSampler =>
  (trials) => ({
    ...createGrid(trials),
    tell: ({ trial, record }) => (ids.includes(trial.id) && record.epoch === after ? 'stop' : 'continue'),
  })

it('the grid asks for all trials at once, and stops none', () => {
  const { trials } = planOf()
  const grid = createGrid(trials)
  expect(grid.ask(new Map())).toEqual(trials)
  expect(grid.ask(new Map())).toBe('done')
  expect(grid.tell({ trial: trials[0]!, record: {} as never })).toBe('continue')
  expect(createGrid([]).ask(new Map())).toBe('done')
})

it('a trial that is stopped early has epochs and a checkpoint, but no figures, and is in no ranking', async () => {
  const at = setting()
  const plan = planOf({ teachers: 0, students: 0, baselines: 2, epochs: 50 })
  const { id } = plan.trials[0]!
  const options = { executor: at.pool(1, { step: 5 }), sampler: stopping(2, id) }
  const { status, counts, told } = await at.run(plan, options)
  expect([status, counts]).toMatchObject(['done', { done: 1, 'stopped early': 1, pending: 0, total: 2 }])
  const reason = 'the search stopped it after epoch 2 of 50'
  expect(trialsOf(at.store.db, plan.name)[0]).toMatchObject({
    status: 'stopped early',
    reason,
    validationAccuracy: null,
    testAccuracy: null,
    attempts: 1,
  })
  expect(attemptsOf(at.store.db, id)).toMatchObject([{ outcome: 'interrupted', reason }])
  const epochs = epochsOf(at.store.db, id).length
  expect(epochs).toBeGreaterThanOrEqual(2)
  expect(epochs).toBeLessThan(50)
  expect(existsSync(checkpointPath(at.store, id))).toBe(true)
  expect(ranking(at.store.db, plan.name).rows.map(({ n }) => n)).toEqual([1])
  const finished = told.find((each) => each.type === 'finished' && each.trial.id === id)
  expect(finished).toMatchObject({ status: 'stopped early', reason, metrics: null, lane: 0 })
  // A search that wants it to the end goes on from where it was stopped.
  const rest = await at.run(plan)
  expect(rest.counts).toMatchObject({ done: 2, 'stopped early': 0, reused: 1 })
  expect(attemptsOf(at.store.db, id)).toMatchObject([{}, { outcome: 'done', resumedEpoch: epochs }])
})

it('those that learn from a trial that was stopped early are skipped', async () => {
  const at = setting()
  const plan = planOf({ students: 1, baselines: 1, epochs: 50 })
  const options = { executor: at.pool(1, { step: 5 }), sampler: stopping(1, plan.trials[0]!.id) }
  const { counts } = await at.run(plan, options)
  expect(counts).toMatchObject({ 'stopped early': 1, skipped: 1, done: 1 })
  expect(trialsOf(at.store.db, plan.name)[2]!.reason).toBe(
    'its teacher "teacher-0" ended as stopped early: the search stopped it after epoch 1 of 50',
  )
})

it('one of a group is stopped by itself', async () => {
  const timed: TimeGroupResult = { alone: 4, together: 1, problem: null }
  process.env.RETORT_TIMED = JSON.stringify(timed)
  const at = setting()
  const plan = planOf({ teachers: 0, students: 0, baselines: 1, seeds: 4, epochs: 20 })
  const { id } = plan.trials[2]!
  const options = { grouping: 'auto', executor: at.pool(1, { step: 5 }), sampler: stopping(1, id) } as const
  const { counts, told } = await at.run(plan, options)
  delete process.env.RETORT_TIMED
  expect(told.flatMap((each) => (each.type === 'started' ? [each.lane] : []))).toEqual([0, 0, 0, 0])
  expect(counts).toMatchObject({ 'stopped early': 1, done: 3 })
  expect(trialsOf(at.store.db, plan.name)[2]!.status).toBe('stopped early')
})

it('trials run as the search asks for them, which sees what became of those before', async () => {
  const at = setting()
  const plan = planOf({ teachers: 1, students: 2, baselines: 2 })
  const seen: string[][] = []
  const oneByOne: CreateSampler = (trials) => {
    const left = [...trials]
    let last: PlannedTrial | undefined
    return {
      ask: (history: History) => {
        const status = last && history.get(last.id)!.status
        if (status === 'pending' || status === 'running') return 'wait'
        seen.push([...history.values()].filter((each) => each.status === 'done').map(({ trial }) => trial.id))
        last = left.shift()
        return last === undefined ? 'done' : [last]
      },
      tell: () => 'continue',
    }
  }
  const { counts, told } = await at.run(plan, { executor: at.pool(2), sampler: oneByOne })
  expect(counts).toMatchObject({ done: 7, pending: 0 })
  const ids = plan.trials.map(({ id }) => id)
  expect(told.flatMap((each) => (each.type === 'started' ? [each.trial.id] : []))).toEqual(ids)
  expect(seen.map((each) => each.length)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  // The teacher's logits were computed when the first that learns from it was asked for, and once.
  expect(told.filter(({ type }) => type === 'computed')).toHaveLength(1)
})

it('a search that waits while nothing runs is an error', async () => {
  const at = setting()
  const idle: CreateSampler = () => ({ ask: () => 'wait', tell: () => 'continue' })
  await expect(at.run(planOf(), { sampler: idle })).rejects.toThrow(
    'the search waits for a trial to end, and none runs',
  )
})
