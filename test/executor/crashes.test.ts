// Trials whose processes die, hang or talk nonsense: each costs one attempt, and the pool lives on.
import { attemptsOf, trialsOf } from '@retort/schema/store/read/trials'
import { expect, it } from 'vitest'
import { planOf } from './plans.ts'
import { setting } from './setting.ts'

const alone = () => planOf({ teachers: 0, students: 0, baselines: 2 })

/** How a trial ends that does this at every attempt, and the one that follows it on the same lane. */
async function endOf(act: string, options: { retries?: number; stallSeconds?: number } = {}) {
  const { retries = 1, stallSeconds = 60 } = options
  const at = setting()
  const plan = alone()
  const [bad] = plan.trials
  at.script({ [bad!.id]: Array.from({ length: 10 }, () => act) })
  await at.run(plan, { executor: at.pool(1, { stallSeconds }), retries })
  const [first, second] = trialsOf(at.store.db, plan.name)
  expect(second!.status).toBe('done')
  const attempts = attemptsOf(at.store.db, bad!.id)
  expect(attempts.every(({ finishedAt }) => finishedAt !== null)).toBe(true)
  return { status: first!.status, reason: first!.reason, attempts: attempts.map(({ outcome }) => outcome) }
}

it.each([
  ['segfault', /was ended by SIGSEGV/],
  ['spared', /was ended by SIGSEGV/],
  ['sigkill', /was ended by SIGKILL/],
  ['exit', /ended with exit code 3; its last words: the last thing it said/],
  ['throwLater', /ended with exit code 1; its last words: [\s\S]*thrown by nobody in particular/],
  ['garbageEvent', /sent what is no event: .*NaN/],
  ['garbageWord', /sent what is no event: 'garbage'/],
  ['garbageAnswer', /answered with \{ outcome: 'splendid' \}/],
  ['noAnswer', /answered with undefined/],
  ['unasked', /it was interrupted/],
])('%s: tried again, then crashed', async (act, reason) => {
  const end = await endOf(act)
  expect(end.status).toBe('crashed')
  expect(end.reason).toMatch(reason)
  expect(end.reason).toMatch(/the last of 2 attempts/)
  expect(end.attempts).toHaveLength(2)
})

it.each(['spin', 'wait'])('%s: killed when it has been silent for too long', async (act) => {
  const end = await endOf(act, { stallSeconds: 3, retries: 0 })
  expect(end.status).toBe('timed out')
  expect(end.reason).toMatch(/reported nothing for 3 s/)
  expect(end.attempts).toEqual(['timed out'])
})

it('heap: a process that outgrows its heap is out of memory', async () => {
  process.env.NODE_OPTIONS = '--max-old-space-size=60'
  try {
    const end = await endOf('heap', { retries: 0 })
    expect(end.status).toBe('out of memory')
    expect(end.reason).toMatch(/heap out of memory/)
  } finally {
    delete process.env.NODE_OPTIONS
  }
})

it('allocator: a process that libtensorflow ends for want of memory is out of memory', async () => {
  const end = await endOf('allocator', { retries: 0 })
  expect(end.status).toBe('out of memory')
  expect(end.reason).toBe(
    'W0000 bfc_allocator.cc:502] Allocator (mklcpu) ran out of memory trying to allocate 49.00MiB',
  )
})

it('outOfMemory: tried again, each time in a fresh process', async () => {
  const at = setting()
  const plan = alone()
  const { id } = plan.trials[0]!
  at.script({ [id]: ['outOfMemory', 'outOfMemory'] })
  await at.run(plan, { retries: 2 })
  const attempts = attemptsOf(at.store.db, id)
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['out of memory', 'out of memory', 'done'])
  expect(new Set(attempts.map(({ pid }) => pid)).size).toBe(3)
})

it.each([
  ['diverge', 'diverged', /the loss is NaN/],
  ['fail', 'failed', /it cannot work/],
  ['throw', 'failed', /thrown by the worker/],
])('%s: a result that no second attempt would change', async (act, status, reason) => {
  const end = await endOf(act)
  expect(end.status).toBe(status)
  expect(end.reason).toMatch(reason)
  expect(end.attempts).toEqual([status])
})

it('crashes are counted, and a trial that gets through at last is done', async () => {
  const at = setting()
  const plan = alone()
  const { id } = plan.trials[0]!
  at.script({ [id]: ['segfault', 'exit'] })
  const { told } = await at.run(plan, { retries: 2 })
  expect(attemptsOf(at.store.db, id).map(({ number, outcome }) => [number, outcome])).toEqual([
    [1, 'crashed'],
    [2, 'crashed'],
    [3, 'done'],
  ])
  expect(trialsOf(at.store.db, plan.name)[0]).toMatchObject({ status: 'done', reason: null, attempts: 3 })
  expect(told.filter(({ type }) => type === 'retrying')).toHaveLength(2)
})

it('a process serves one trial after the other while it lives', async () => {
  const at = setting()
  await at.run(planOf({ baselines: 3 }))
  const pids = at.log().flatMap((line) => (line.startsWith('start') ? [line.split(' ')[2]] : []))
  expect(pids).toHaveLength(10)
  expect(new Set(pids).size).toBe(1)
})

it('a worker that cannot be loaded fails its trials and says why', async () => {
  const at = setting()
  const { createPool } = await import('@retort/orchestrator/executor/local/pool')
  const workerUrl = new URL('./fixtures/absent.js', import.meta.url)
  const pool = createPool({ workerUrl, lanes: [{ env: {} }], stallSeconds: 60 })
  const plan = alone()
  const { counts } = await at.run(plan, { executor: pool })
  await pool.close()
  expect(counts.failed).toBe(2)
  expect(trialsOf(at.store.db, plan.name)[0]!.reason).toMatch(/Cannot find module .*absent\.js/)
})

it('a question is answered in a child process, and a death while it is asked is an error', async () => {
  const at = setting()
  const pool = at.pool()
  expect(await pool.ask({ task: 'probe' })).toEqual({ engines: [] })
  const dataset = planOf().trials[0]!.config.dataset
  const inspect = pool.ask({ task: 'inspect', dataset, architectures: [] })
  await expect(inspect).rejects.toThrow(/was to inspect failed: its process was ended by SIGKILL/)
  expect(await pool.ask({ task: 'probe' })).toEqual({ engines: [] })
})

it('questions wait for a free lane', async () => {
  const pool = setting().pool(1)
  const answers = await Promise.all([1, 2, 3].map(() => pool.ask({ task: 'probe' })))
  expect(answers).toHaveLength(3)
})
