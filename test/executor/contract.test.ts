// What every executor keeps to, whatever it runs trials in.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Executor } from '@retort/orchestrator/executor/executor'
import { type ExecutorName, executors } from '@retort/orchestrator/executor/executors'
import type { TrialEvent, TrialRequest } from '@retort/schema/messages'
import { attemptsOf, epochsOf, trialsOf } from '@retort/schema/store/read/trials'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { planOf } from './plans.ts'
import { placement, setting } from './setting.ts'

afterEach(() => {
  delete process.env.RETORT_FIXTURE
  delete process.env.RETORT_STEP
})

let opened = 0

/** One with the scripted worker, which finds its script in the folder. */
function open(name: ExecutorName, folder: string, step = 1): Executor {
  const env = { RETORT_FIXTURE: folder, RETORT_STEP: String(step) }
  // What runs in this process reads this one's, and reads it once for each name of its file.
  Object.assign(process.env, env)
  const workerUrl = new URL(`./fixtures/worker.js?${++opened}`, import.meta.url)
  const executor = executors[name].open({ workerUrl, lanes: [{ env }], stallSeconds: 60 })
  onTestFinished(() => executor.close())
  return executor
}

/** A folder with a request, and what the worker does with it. */
function requested(act: string, epochs = 2): { folder: string; request: TrialRequest } {
  const folder = mkdtempSync(join(tmpdir(), 'retort contract-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'artifacts'))
  const { id, config } = planOf({ teachers: 0, students: 0, baselines: 1, epochs }).trials[0]!
  if (config.role === 'given') throw new Error('expected a trial that is trained')
  writeFileSync(join(folder, 'script.json'), JSON.stringify({ [id]: [act] }))
  const checkpoint = join(folder, 'checkpoint')
  const rest = { checkpoint, checkpointEngines: [], logits: null, teacher: null }
  return { folder, request: { task: 'train', trial: id, config, placement, artifacts: folder, ...rest } }
}

describe.each(Object.keys(executors) as ExecutorName[])('%s', (name) => {
  it('tells of events once it has said where it runs, and ends as the worker answers', async () => {
    const { folder, request } = requested('count')
    const executor = open(name, folder)
    const events: TrialEvent[] = []
    let returned = false
    const submission = executor.submit(request, (event, member) => {
      expect([returned, member]).toEqual([true, 0])
      events.push(event)
    })
    returned = true
    expect(submission.place).toEqual({ lane: 0, pid: expect.any(Number) })
    expect(executor.idle()).toBe(0)
    expect(() => executor.submit(request, () => {})).toThrow()
    const [end, ...others] = await submission.ended
    expect(others).toEqual([])
    expect(end).toMatchObject({ outcome: 'done', metrics: { keptEpoch: 2 } })
    const [{ type, ...first }] = events as [TrialEvent]
    expect([type, first]).toEqual(['started', expect.objectContaining({ pid: submission.place.pid })])
    expect(events.flatMap((event) => (event.type === 'epoch' ? [event.record.epoch] : []))).toEqual([1, 2])
    expect(executor.idle()).toBe(1)
    const again = executor.submit(request, () => {})
    expect(again.id).not.toBe(submission.id)
    await again.ended
  })

  it.each([
    ['fail', { outcome: 'failed', reason: 'it cannot work' }],
    ['throw', { outcome: 'failed', reason: 'thrown by the worker' }],
    ['diverge', { outcome: 'diverged', reason: 'the loss is NaN' }],
    ['garbageAnswer', { outcome: 'crashed', reason: "its process answered with { outcome: 'splendid' }" }],
    ['garbageEvent', { outcome: 'crashed', reason: expect.stringMatching(/sent what is no event: .*NaN/) }],
  ])('%s: the end says what happened', async (act, end) => {
    const { folder, request } = requested(act)
    const executor = open(name, folder)
    expect(await executor.submit(request, () => {}).ended).toMatchObject([end])
    expect(executor.idle()).toBe(1)
  })

  it('stop: the trial ends as interrupted, and goes on from its checkpoint', async () => {
    const { folder, request } = requested('count', 50)
    const executor = open(name, folder, 5)
    const submission = executor.submit(request, ({ type }) => {
      if (type === 'epoch') submission.stop()
    })
    expect(await submission.ended).toEqual([{ outcome: 'interrupted' }])
    expect(existsSync(request.checkpoint)).toBe(true)
    const { epoch } = JSON.parse(readFileSync(request.checkpoint, 'utf8'))
    const rest: TrialEvent[] = []
    const next = executor.submit(request, (event) => {
      rest.push(event)
      next.stop()
    })
    await next.ended
    expect(rest[0]).toMatchObject({ type: 'started', resumedFrom: { epoch } })
  })

  it('kill: it ends as interrupted, and what comes next runs', async () => {
    const { folder, request } = requested('count', 50)
    const executor = open(name, folder, 5)
    const submission = executor.submit(request, ({ type }) => {
      if (type === 'progress') submission.kill()
    })
    expect(await submission.ended).toEqual([{ outcome: 'interrupted' }])
    submission.kill()
    const { config } = request
    const short = { ...request, config: { ...config, training: { ...config.training, epochs: 1 } } }
    expect(await executor.submit(short, () => {}).ended).toMatchObject([{ outcome: 'done' }])
  })

  it('an error of whoever hears the events is the submission’s', async () => {
    const { folder, request } = requested('count')
    const executor = open(name, folder)
    const submission = executor.submit(request, () => {
      throw new Error('the display broke')
    })
    await expect(submission.ended).rejects.toThrow('the display broke')
    expect(executor.idle()).toBe(1)
  })

  it('a group has an end for each member', async () => {
    const { folder, request } = requested('count')
    const executor = open(name, folder)
    const requests = [request, { ...request, trial: 'other', checkpoint: join(folder, 'other') }]
    const heard = new Set<number>()
    const ends = await executor.submit({ task: 'train group', requests }, (_, member) => heard.add(member)).ended
    expect(ends).toMatchObject([{ outcome: 'done' }, { outcome: 'done' }])
    expect([...heard].sort()).toEqual([0, 1])
  })

  it('one of a group is stopped by itself', async () => {
    const { folder, request } = requested('count', 20)
    const executor = open(name, folder, 5)
    const requests = [request, { ...request, trial: 'other', checkpoint: join(folder, 'other') }]
    const submission = executor.submit({ task: 'train group', requests }, ({ type }, member) => {
      if (type === 'epoch' && member === 1) submission.stop(1)
    })
    expect(await submission.ended).toMatchObject([{ outcome: 'done' }, { outcome: 'interrupted' }])
    // Who comes next has not been asked to stop.
    const next = await executor.submit({ task: 'train group', requests }, () => {}).ended
    expect(next).toMatchObject([{ outcome: 'done' }, { outcome: 'done' }])
  })

  it('a question is answered', async () => {
    const { folder } = requested('count')
    expect(await open(name, folder).ask({ task: 'probe' })).toEqual({ engines: [] })
  })

  it('closing ends what runs', async () => {
    const { folder, request } = requested('count', 1000)
    const executor = open(name, folder, 5)
    const { ended } = executor.submit(request, () => {})
    await executor.close()
    expect(await ended).toMatchObject([{ outcome: expect.stringMatching(/interrupted|crashed/) }])
  })
})

it('a sweep leaves the same rows on each of them', async () => {
  const left = []
  for (const name of Object.keys(executors) as ExecutorName[]) {
    const at = setting()
    const plan = planOf({ teachers: 1, students: 2, baselines: 1 })
    at.script({ [plan.trials[1]!.id]: ['diverge'], [plan.trials[2]!.id]: ['noAnswer'] })
    const { counts, told } = await at.run(plan, { executor: open(name, at.folder) })
    const steps = told.flatMap((each) =>
      'trial' in each && each.type !== 'computing' ? [`${each.type} ${each.trial.id}`] : [],
    )
    const trials = trialsOf(at.store.db, plan.name).map(({ startedAt, finishedAt, ...row }) => row)
    const attempts = plan.trials.flatMap(({ id }) =>
      attemptsOf(at.store.db, id).map(({ startedAt, finishedAt, pid, ...row }) => row),
    )
    const epochs = plan.trials.map(({ id }) => epochsOf(at.store.db, id))
    left.push({ counts, steps, trials, attempts, epochs })
  }
  for (const each of left.slice(1)) expect(each).toEqual(left[0])
  expect(left[0]!.attempts.map(({ outcome }) => outcome)).toEqual(['done', 'diverged', 'crashed', 'done', 'done'])
})
