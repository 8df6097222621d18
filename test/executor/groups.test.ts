// Trials that run as one group: what is timed, which trials go together, and what becomes of them when it fails.

import type { TimeGroupResult } from '@retort/schema/questions'
import { attemptsOf, trialsOf } from '@retort/schema/store/read/trials'
import { expect, it } from 'vitest'
import { hints, planOf } from './plans.ts'
import { type Setting, setting } from './setting.ts'

const faster: TimeGroupResult = { alone: 3, together: 1, problem: null }

/** A setting whose worker answers so when it is to time a group. */
function timing(timed: TimeGroupResult): Setting {
  process.env.RETORT_TIMED = JSON.stringify(timed)
  return setting()
}

/** For each process that ran something, how many trials it started. */
function startsByProcess(at: Setting): number[] {
  const counts = new Map<string, number>()
  for (const line of at.log()) {
    const [word, , pid] = line.split(' ')
    if (word === 'start') counts.set(pid!, (counts.get(pid!) ?? 0) + 1)
  }
  return [...counts.values()]
}

const grouping = 'auto'
const statuses = (at: Setting) => trialsOf(at.store.db, 'sweep').map(({ status }) => status)

it('trials of one kind go together where that was timed to be faster, and each is stored as its own', async () => {
  const at = timing(faster)
  const plan = planOf({ students: 6 })
  const { told, counts } = await at.run(plan, { grouping, executor: at.pool(1) })
  expect(counts).toMatchObject({ done: 8, pending: 0, running: 0 })
  expect(told.filter(({ type }) => type === 'timed')).toMatchObject([
    { trial: { role: 'student' }, members: 6, gain: 3, pays: true },
  ])
  // All six are started before the first of them takes a step.
  const starts = at.log().indexOf(`epoch ${plan.trials[2]!.id} 1`)
  expect(
    at
      .log()
      .slice(0, starts)
      .filter((line) => line.startsWith('start')).length,
  ).toBe(8)
  const accuracies = trialsOf(at.store.db, 'sweep').map(({ validationAccuracy }) => validationAccuracy)
  expect(new Set(accuracies).size).toBe(8)
  for (const { id } of plan.trials) expect(attemptsOf(at.store.db, id)).toMatchObject([{ outcome: 'done' }])
})

it('where a teacher runs in the step those of one seed go together, timed once for all seeds with the teacher', async () => {
  const at = timing(faster)
  const plan = planOf({ students: 4, seeds: 2, objective: hints })
  const { told, counts } = await at.run(plan, { grouping, executor: at.pool(1) })
  expect(counts).toMatchObject({ done: 11 })
  expect(told.filter(({ type }) => type === 'timed')).toMatchObject([{ members: 4, pays: true }])
  const { architecture } = plan.trials[0]!.config
  expect(at.log().filter((line) => line.startsWith('time '))).toEqual([`time 4 true ${JSON.stringify(architecture)}`])
  const students = plan.trials.filter(({ role }) => role === 'student').map(({ id }) => id)
  const starts = at
    .log()
    .flatMap((line) => (/^(start|done) /.test(line) ? [line.split(' ').slice(0, 2).join(' ')] : []))
  const firstOf = (seed: number) => starts.indexOf(`start ${students[4 * seed]}`)
  for (const seed of [0, 1]) {
    const ids = students.slice(4 * seed, 4 * seed + 4)
    expect(starts.slice(firstOf(seed), firstOf(seed) + 4).toSorted()).toEqual(ids.map((id) => `start ${id}`).toSorted())
  }
})

it('and those of several seeds where one has too few of them', async () => {
  const at = timing(faster)
  const plan = planOf({ students: 3, seeds: 2, objective: hints })
  const { told } = await at.run(plan, { grouping, executor: at.pool(1) })
  expect(told.filter(({ type }) => type === 'timed')).toMatchObject([{ members: 6, pays: true }])
  const { architecture } = plan.trials[0]!.config
  expect(at.log().filter((line) => line.startsWith('time '))).toEqual([`time 6 false ${JSON.stringify(architecture)}`])
})

it.each<[string, TimeGroupResult]>([
  ['is not faster', { alone: 1, together: 1, problem: null }],
  ['is impossible', { alone: 0, together: null, problem: 'TopK has no form for groups of trials' }],
])('each runs by itself where a group %s', async (_, timed) => {
  const at = timing(timed)
  const { told } = await at.run(planOf({ students: 4 }), { grouping, executor: at.pool(1) })
  expect(told.filter(({ type }) => type === 'timed')).toMatchObject([{ pays: false }])
  const running = told.filter(({ type }) => type === 'started' || type === 'finished').map(({ type }) => type)
  expect(running).toEqual(Array.from({ length: 6 }, () => ['started', 'finished']).flat())
})

it('a process that dies while it times a group costs no more than the group', async () => {
  process.env.RETORT_TIMED = 'dies'
  const at = setting()
  const { told, counts } = await at.run(planOf({ students: 4 }), { grouping, executor: at.pool(1) })
  expect(counts).toMatchObject({ done: 6 })
  expect(told.filter(({ type }) => type === 'timed')).toMatchObject([{ gain: null, pays: false }])
})

it('few trials of a kind are not timed, and none where grouping is off', async () => {
  const at = timing(faster)
  const few = await at.run(planOf({ students: 3 }), { grouping })
  const off = await at.run(planOf({ name: 'other', students: 6 }), { grouping: 'off' })
  expect([...few.told, ...off.told].filter(({ type }) => type === 'timed')).toEqual([])
})

it('a process that dies costs every member an attempt, and each is tried again by itself', async () => {
  const at = timing(faster)
  const plan = planOf({ teachers: 0, students: 0, seeds: 4 })
  at.script({ [plan.trials[1]!.id]: ['segfault'] })
  const { counts } = await at.run(plan, { grouping, executor: at.pool(1) })
  expect(counts).toMatchObject({ done: 4 })
  for (const { id } of plan.trials) {
    expect(attemptsOf(at.store.db, id).map(({ outcome }) => outcome)).toEqual(['crashed', 'done'])
  }
  // One process for the group, however far it came; the one after it runs the four in turn.
  expect(startsByProcess(at)).toEqual([expect.any(Number), 4])
})

it('a member that fails does not fail the others', async () => {
  const at = timing(faster)
  const plan = planOf({ teachers: 0, students: 0, seeds: 4 })
  at.script({ [plan.trials[1]!.id]: ['diverge'], [plan.trials[2]!.id]: ['fail'] })
  await at.run(plan, { grouping })
  expect(statuses(at)).toEqual(['done', 'diverged', 'failed', 'done'])
})

it('an event of a member that the group has not ends the process, and the sweep goes on', async () => {
  const at = timing(faster)
  const plan = planOf({ teachers: 0, students: 0, seeds: 4 })
  at.script({ [plan.trials[0]!.id]: ['garbageEvent'] })
  const { counts } = await at.run(plan, { grouping })
  expect(counts).toMatchObject({ done: 4 })
  expect(attemptsOf(at.store.db, plan.trials[3]!.id)[0]!.reason).toMatch(/sent what is no event/)
})

it('a stopped group is resumed', async () => {
  const at = timing(faster)
  const plan = planOf({ teachers: 0, students: 0, seeds: 4, epochs: 5 })
  const stop = new AbortController()
  const first = await at.run(plan, {
    grouping,
    executor: at.pool(1, { step: 20 }),
    stop: stop.signal,
    onProgress: ({ type }) => type === 'epoch' && stop.abort(),
  })
  expect(first.status).toBe('interrupted')
  expect(statuses(at)).toEqual(['pending', 'pending', 'pending', 'pending'])
  const second = await at.run(plan, { grouping })
  expect(second.counts).toMatchObject({ done: 4 })
  for (const { id } of plan.trials) {
    expect(at.log().filter((line) => line === `epoch ${id} 1`)).toHaveLength(1)
  }
})
