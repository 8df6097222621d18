// Trials that run out of memory: those that may train with smaller batches (`training.outOfMemory`), and those that predict
// too many samples at once.
import { halved } from '@retort/orchestrator/executor/halved'
import type { Plan } from '@retort/orchestrator/plan/plan'
import type { TimeGroupResult } from '@retort/schema/questions'
import { ranking } from '@retort/schema/store/read/ranking'
import { attemptsOf, epochsOf, trialsOf } from '@retort/schema/store/read/trials'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { planOf } from './plans.ts'
import { type Setting, setting } from './setting.ts'

const plans = (shape: Parameters<typeof planOf>[0] = {}) =>
  planOf({ teachers: 0, students: 0, baselines: 1, outOfMemory: 'halve-batch', ...shape })

const always = (act: string) => Array.from({ length: 20 }, () => act)
/** Which batch sizes the worker was given for a trial, in order. */
const batchesOf = (at: Setting, id: string) =>
  at.log().flatMap((line) => (line.startsWith(`batches ${id} `) ? [Number(line.split(' ')[2])] : []))
/** How many samples at once it was given to predict. */
const predictedOf = (at: Setting, id: string) =>
  at.log().flatMap((line) => (line.startsWith(`predicts ${id} `) ? [Number(line.split(' ').at(-1))] : []))
const rowOf = (at: Setting, plan: Plan, place = 0) => trialsOf(at.store.db, plan.name)[place]!

it('a batch is halved down to two', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_536 }), (batchSize) => {
      const smaller = halved(batchSize)
      const half = batchSize === 3 ? 2 : (batchSize - (batchSize % 2)) / 2
      expect(smaller).toBe(batchSize <= 2 ? null : half)
      expect(halved(batchSize, 1)).toBe(batchSize === 1 ? null : Math.floor(batchSize / 2))
    }),
  )
})

it('is tried again with half the batch, and half of that, until it fits; no retry is used up', async () => {
  const at = setting()
  const plan = plans()
  const { id } = plan.trials[0]!
  at.script({ [id]: always('roomFor30') })
  const { counts, told } = await at.run(plan, { retries: 0 })
  expect(counts).toMatchObject({ done: 1, pending: 0 })
  expect(batchesOf(at, id)).toEqual([128, 64, 32, 16])
  expect(attemptsOf(at.store.db, id).map(({ outcome, reason, batchSize }) => [outcome, reason, batchSize])).toEqual([
    ['out of memory', 'no room for 128; again with batches of 64 instead of 128', 128],
    ['out of memory', 'no room for 64; again with batches of 32 instead of 64', 64],
    ['out of memory', 'no room for 32; again with batches of 16 instead of 32', 32],
    ['done', null, 16],
  ])
  // Each began anew, whatever checkpoint the one before had left.
  expect(attemptsOf(at.store.db, id).map(({ resumedEpoch }) => resumedEpoch)).toEqual([0, 0, 0, 0])
  expect(epochsOf(at.store.db, id)).toHaveLength(2)
  expect(rowOf(at, plan)).toMatchObject({ batchSize: 128, reducedBatchSize: 16, reason: null })
  expect(ranking(at.store.db, plan.name).rows).toMatchObject([{ reducedBatchSize: 16, writtenBatchSize: 128 }])
  expect(told.find(({ type }) => type === 'finished')).toMatchObject({ status: 'done', reducedBatchSize: 16 })
})

it('with "fail" it is tried again as it is', async () => {
  const at = setting()
  const plan = plans({ outOfMemory: 'fail' })
  const { id } = plan.trials[0]!
  at.script({ [id]: always('roomFor30') })
  await at.run(plan, { retries: 2 })
  expect(batchesOf(at, id)).toEqual([128, 128, 128])
  expect(rowOf(at, plan)).toMatchObject({
    status: 'out of memory',
    reason: 'no room for 128 (the last of 3 attempts)',
    reducedBatchSize: null,
  })
})

it('where two do not fit either, retries are used up and it ends; a later run begins as it is written', async () => {
  const at = setting()
  const plan = plans()
  const { id } = plan.trials[0]!
  at.script({ [id]: always('outOfMemory').slice(0, 9) })
  await at.run(plan, { retries: 2 })
  const sizes = [128, 64, 32, 16, 8, 4, 2, 2, 2]
  expect(batchesOf(at, id)).toEqual(sizes)
  expect(rowOf(at, plan)).toMatchObject({
    status: 'out of memory',
    reason: 'no room (the last of 9 attempts, with batches of 2)',
  })
  const { counts } = await at.run(plan)
  expect(counts).toMatchObject({ done: 1 })
  expect(batchesOf(at, id)).toEqual([...sizes, 128])
  expect(rowOf(at, plan)).toMatchObject({ reducedBatchSize: null })
})

it('a process that outgrows its heap is halved, too', async () => {
  process.env.NODE_OPTIONS = '--max-old-space-size=60'
  try {
    const at = setting()
    const plan = plans()
    const { id } = plan.trials[0]!
    at.script({ [id]: ['heap'] })
    await at.run(plan, { retries: 0 })
    expect(batchesOf(at, id)).toEqual([128, 64])
    const [first] = attemptsOf(at.store.db, id)
    expect(first!.reason).toMatch(/heap out of memory; again with batches of 64 instead of 128$/)
  } finally {
    delete process.env.NODE_OPTIONS
  }
})

it('a retry after a crash keeps the smaller batch, and goes on from its checkpoint', async () => {
  const at = setting()
  const plan = plans()
  const { id } = plan.trials[0]!
  at.script({ [id]: ['outOfMemory', 'segfault', 'count'] })
  await at.run(plan, { retries: 1 })
  expect(batchesOf(at, id)).toEqual([128, 64, 64])
  expect(rowOf(at, plan)).toMatchObject({ status: 'done', reducedBatchSize: 64 })
})

it('an interrupted trial goes on in a later run with the batches that it had come to', async () => {
  const at = setting()
  const plan = plans({ epochs: 5 })
  const { id } = plan.trials[0]!
  at.script({ [id]: ['outOfMemory', 'count'] })
  const stop = new AbortController()
  const first = await at.run(plan, {
    executor: at.pool(1, { step: 20 }),
    stop: stop.signal,
    onProgress: ({ type }) => type === 'epoch' && stop.abort(),
  })
  expect(first.status).toBe('interrupted')
  const second = await at.run(plan)
  expect(second.counts).toMatchObject({ done: 1 })
  expect(batchesOf(at, id)).toEqual([128, 64, 64])
  const attempts = attemptsOf(at.store.db, id)
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['out of memory', 'interrupted', 'done'])
  expect(attempts.at(-1)!.resumedEpoch).toBeGreaterThan(0)
})

it('a stop is not answered with another attempt', async () => {
  const at = setting()
  const plan = plans()
  const { id } = plan.trials[0]!
  at.script({ [id]: always('roomFor30') })
  const stop = new AbortController()
  const { status } = await at.run(plan, {
    stop: stop.signal,
    onProgress: ({ type }) => type === 'started' && stop.abort(),
  })
  expect(status).toBe('interrupted')
  expect(batchesOf(at, id)).toEqual([128])
  expect(rowOf(at, plan)).toMatchObject({ status: 'pending', reason: null })
})

it('of a group each is tried by itself first, and only those that are still short get smaller batches', async () => {
  process.env.RETORT_TIMED = JSON.stringify({ alone: 3, together: 1, problem: null } satisfies TimeGroupResult)
  const at = setting()
  const plan = plans({ seeds: 4 })
  const [one, two, three, four] = plan.trials.map(({ id }) => id) as [string, string, string, string]
  at.script({ [one]: ['outOfMemory'], [two]: always('roomFor30'), [three]: ['outOfMemory'], [four]: ['count'] })
  const { counts } = await at.run(plan, { grouping: 'auto', executor: at.pool(1), retries: 0 })
  expect(counts).toMatchObject({ done: 4 })
  expect([one, two, three, four].map((id) => batchesOf(at, id))).toEqual([
    [128, 128],
    [128, 128, 64, 32, 16],
    [128, 128],
    [128],
  ])
  expect(attemptsOf(at.store.db, one)[0]!.reason).toBe('no room; again by itself')
})

it('a trial with smaller batches joins no group in a later run', async () => {
  process.env.RETORT_TIMED = JSON.stringify({ alone: 3, together: 1, problem: null } satisfies TimeGroupResult)
  const at = setting()
  const plan = plans({ seeds: 5, epochs: 4 })
  const third = plan.trials[2]!.id
  at.script({ [third]: ['outOfMemory', 'outOfMemory'] })
  const stop = new AbortController()
  let retried = false
  await at.run(plan, {
    grouping: 'auto',
    executor: at.pool(1, { step: 20 }),
    stop: stop.signal,
    onProgress: (progress) => {
      if (progress.type === 'retrying') retried = true
      if (retried && progress.type === 'epoch' && progress.trial.id === third) stop.abort()
    },
  })
  expect(batchesOf(at, third)).toEqual([128, 128, 64])
  for (const place of [0, 1, 3, 4])
    at.store.db.$client.exec(`UPDATE trials SET status = 'pending' WHERE id = '${plan.trials[place]!.id}'`)
  const { told } = await at.run(plan, { grouping: 'auto', executor: at.pool(1) })
  const started = told.flatMap((each) => (each.type === 'started' ? [each.pid] : []))
  expect(started).toHaveLength(5)
  expect(batchesOf(at, third).at(-1)).toBe(64)
  for (const { id } of plan.trials) if (id !== third) expect(batchesOf(at, id).at(-1)).toBe(128)
  expect(rowOf(at, plan, 2)).toMatchObject({ status: 'done', reducedBatchSize: 64 })
})

it.each(['fail', 'halve-batch'] as const)(
  'a trial whose predictions were too many at once predicts fewer, and trains on the batches that are written (%s)',
  async (outOfMemory) => {
    const at = setting()
    const plan = plans({ outOfMemory })
    const { id } = plan.trials[0]!
    at.script({ [id]: always('predicts60') })
    const { counts } = await at.run(plan, { retries: 0 })
    expect(counts).toMatchObject({ done: 1 })
    expect(predictedOf(at, id)).toEqual([500, 250, 125, 62, 31])
    expect(new Set(batchesOf(at, id))).toEqual(new Set([128]))
    expect(attemptsOf(at.store.db, id)[1]).toMatchObject({
      outcome: 'out of memory',
      reason: 'no room to predict 250; again with 125 samples predicted at once instead of 250',
    })
    expect(rowOf(at, plan)).toMatchObject({ reducedBatchSize: null, reason: null })
  },
)

it('the computing of logits is tried again in the same way, and its teacher predicts as few from then on', async () => {
  const at = setting()
  const plan = planOf({ students: 1, baselines: 1 })
  const teacher = plan.trials[0]!.id
  at.script({ [`logits ${teacher}`]: always('predicts60') })
  const { counts, told } = await at.run(plan, { retries: 0 })
  expect(counts).toMatchObject({ done: 3 })
  expect(predictedOf(at, `logits ${teacher}`)).toEqual([500, 250, 125, 62, 31])
  const again = told.flatMap((each) => (each.type === 'computed' ? [each.again] : []))
  expect(again).toEqual([
    ...[250, 125, 62, 31].map(
      (fewer, at) =>
        `no room to predict ${[500, 250, 125, 62][at]}; again with ${fewer} samples predicted at once instead of ${[500, 250, 125, 62][at]}`,
    ),
    null,
  ])

  const other = setting()
  other.script({ [teacher]: always('predicts60'), [`logits ${teacher}`]: always('predicts60') })
  await other.run(plan, { retries: 0 })
  expect(predictedOf(other, `logits ${teacher}`)).toEqual([31])
})

it('a teacher that is not trained here is measured so, too', async () => {
  const at = setting()
  const plan = planOf({ teachers: 1, students: 1, ensemble: true })
  const { id } = plan.trials.find(({ config }) => config.role === 'given')!
  at.script({ [id]: always('predicts60') })
  const { counts } = await at.run(plan, { retries: 0 })
  expect(counts).toMatchObject({ done: plan.trials.length })
  expect(predictedOf(at, id)).toEqual([500, 250, 125, 62, 31])
})

it('where one sample does not fit either, or the model takes a batch of its own, retries are used up', async () => {
  const at = setting()
  const plan = planOf({ students: 1, baselines: 1 })
  const [teacher, baseline] = plan.trials.map(({ id }) => id) as [string, string]
  at.script({ [`logits ${teacher}`]: always('predictsNothing'), [baseline]: always('predicts64Always') })
  const { counts } = await at.run(plan, { retries: 1 })
  expect(counts).toMatchObject({ done: 1, skipped: 1, 'out of memory': 1 })
  expect(predictedOf(at, `logits ${teacher}`)).toEqual([500, 250, 125, 62, 31, 15, 7, 3, 1, 1])
  expect(predictedOf(at, baseline)).toEqual([500, 32, 32])
  expect(trialsOf(at.store.db, plan.name).map(({ reason }) => reason)).toEqual([
    null,
    'no room to predict 64 (the last of 3 attempts)',
    'its teacher "teacher-0" is done, but its logits could not be computed: no room to predict 1',
  ])
})

it('where fewer predictions do not help, training with smaller batches may', async () => {
  const at = setting()
  const plan = plans()
  const { id } = plan.trials[0]!
  at.script({ [id]: ['predicts64Always', 'predicts64Always', 'count'] })
  await at.run(plan, { retries: 0 })
  expect(predictedOf(at, id)).toEqual([500, 32, 32])
  expect(batchesOf(at, id)).toEqual([128, 128, 64])
})

it('of a group that predicts too many at once each is tried by itself first', async () => {
  process.env.RETORT_TIMED = JSON.stringify({ alone: 3, together: 1, problem: null } satisfies TimeGroupResult)
  const at = setting()
  const plan = plans({ seeds: 4, outOfMemory: 'fail' })
  const [one, two] = plan.trials.map(({ id }) => id) as [string, string]
  at.script({ [one]: ['predictsNothing'], [two]: always('predicts60') })
  const { counts } = await at.run(plan, { grouping: 'auto', executor: at.pool(1), retries: 0 })
  expect(counts).toMatchObject({ done: 4 })
  expect(predictedOf(at, one)).toEqual([500, 500])
  expect(predictedOf(at, two)).toEqual([500, 500, 250, 125, 62, 31])
})
