// Whole sweeps on a scripted worker: order, resuming, interrupts, and what the store says afterwards.
import { existsSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { SweepProgress } from '@retort/orchestrator/executor/progress'
import type { Plan } from '@retort/orchestrator/plan/plan'
import { artifactPath } from '@retort/schema/artifact'
import { openForReading } from '@retort/schema/open'
import { sweepOf } from '@retort/schema/store/read/sweeps'
import { attemptsOf, logitsOf, trialsOf } from '@retort/schema/store/read/trials'
import { expect, it } from 'vitest'
import { planOf } from './plans.ts'
import { type Setting, setting } from './setting.ts'

const statusesOf = (at: Setting, plan: Plan) => trialsOf(at.store.db, plan.name).map(({ status }) => status)
const startsIn = (at: Setting) => at.log().filter((line) => line.startsWith('start')).length
const finishedIn = (told: SweepProgress[]) => told.flatMap((each) => (each.type === 'finished' ? [each.trial] : []))

it('runs every trial once, students after their teacher', async () => {
  const at = setting()
  const plan = planOf({ teachers: 2, students: 2, baselines: 2 })
  const { status, counts, told } = await at.run(plan, { executor: at.pool(2) })
  expect(status).toBe('done')
  expect(counts).toMatchObject({ total: 12, done: 12, reused: 0, pending: 0, running: 0 })
  expect(statusesOf(at, plan)).toEqual(plan.trials.map(() => 'done'))
  const order = finishedIn(told).map(({ id }) => id)
  for (const { id, teacherTrial } of plan.trials) {
    if (teacherTrial !== null) expect(order.indexOf(id)).toBeGreaterThan(order.indexOf(teacherTrial))
  }
  expect(sweepOf(at.store.db, plan.name)).toMatchObject({ status: 'done', trials: 12, done: 12, failed: 0 })
  // The proof that a teacher runs once: each was computed once, and read by its four students.
  expect(logitsOf(at.store.db, plan.name).map(({ computed, reads }) => [computed, reads])).toEqual([
    [1, 4],
    [1, 4],
  ])
  expect(readdirSync(join(at.folder, 'checkpoints'))).toEqual([])
})

it('has a teacher’s end on disk before a student of it starts', async () => {
  const at = setting()
  const seen: unknown[] = []
  const onProgress = (progress: SweepProgress) => {
    if (progress.type !== 'started' || progress.trial.role !== 'student') return
    const reader = openForReading(at.file)
    seen.push(trialsOf(reader, 'sweep')[0]!.status, logitsOf(reader, 'sweep')[0]!.computed)
    reader.$client.close()
  }
  await at.run(planOf({ students: 2 }), { onProgress })
  expect(seen).toEqual(['done', 1, 'done', 1])
})

it('lets baselines fill the lanes that wait for a teacher', async () => {
  const at = setting()
  const plan = planOf({ students: 2, baselines: 2 })
  const { told } = await at.run(plan, { executor: at.pool(2) })
  const started = told.flatMap((each) => (each.type === 'started' ? [each.trial.role] : []))
  expect(started.slice(0, 2).sort()).toEqual(['baseline', 'teacher'])
})

it('trains nothing twice, and of a larger plan only what is new', async () => {
  const at = setting()
  await at.run(planOf({ students: 2 }))
  const before = startsIn(at)
  const same = await at.run(planOf({ students: 2 }))
  expect(same.counts).toMatchObject({ done: 4, reused: 4 })
  expect(startsIn(at)).toBe(before)
  const more = await at.run(planOf({ students: 3 }))
  expect(more.counts).toMatchObject({ done: 5, reused: 4 })
  expect(startsIn(at)).toBe(before + 1)
  const other = await at.run(planOf({ name: 'other', students: 3 }))
  expect(other.counts).toMatchObject({ done: 5, reused: 5 })
})

it('tells the best student so far, of earlier runs too', async () => {
  const at = setting()
  const { told } = await at.run(planOf({ baselines: 3 }))
  const last = told.findLast((each) => each.type === 'finished')
  const best = last?.type === 'finished' ? last.best : null
  const rows = trialsOf(at.store.db, 'sweep').filter(({ role }) => role !== 'teacher')
  expect(best?.validationAccuracy).toBe(Math.max(...rows.map(({ validationAccuracy }) => validationAccuracy!)))
  const again = await at.run(planOf({ baselines: 3 }))
  expect(again.told[0]).toMatchObject({ type: 'planned', best: { trial: { id: best!.trial.id } } })
})

it.each([
  ['removed', (path: string) => rmSync(path), /onnx artifact is missing/],
  ['cut short', (path: string) => truncateSync(path, 3), /onnx artifact has 3 bytes, expected \d+/],
])('runs a done trial again whose artifact was %s, and says so', async (_, spoil, reason) => {
  const at = setting()
  const plan = planOf()
  await at.run(plan)
  const { id } = plan.trials.at(-1)!
  const { $client } = at.store.db
  const hash = $client.prepare("SELECT hash FROM artifacts WHERE trial = ? AND kind = 'onnx'").pluck().get(id) as string
  spoil(artifactPath(at.folder, hash))
  const { told, counts } = await at.run(plan)
  expect(told[0]).toMatchObject({ type: 'planned', again: [{ trial: { id }, reason: expect.stringMatching(reason) }] })
  expect(counts).toMatchObject({ done: 4, reused: 3 })
  expect(existsSync(artifactPath(at.folder, hash))).toBe(true)
  expect(attemptsOf(at.store.db, id)).toHaveLength(2)
})

it('skips the students of a teacher that does not end as done, with the reason, and tries again when it does', async () => {
  const at = setting()
  const plan = planOf({ students: 2 })
  const { id } = plan.trials[0]!
  at.script({ [id]: ['diverge'] })
  const { counts, status } = await at.run(plan)
  expect(status).toBe('done')
  expect(counts).toMatchObject({ diverged: 1, skipped: 2, done: 1 })
  const student = trialsOf(at.store.db, plan.name).find(({ role }) => role === 'student')!
  expect(student.reason).toBe('its teacher "teacher-0" ended as diverged: the loss is NaN')
  expect(sweepOf(at.store.db, plan.name)).toMatchObject({ status: 'done', done: 1, failed: 3 })

  const same = await at.run(plan)
  expect(same.counts).toMatchObject({ diverged: 1, skipped: 2, done: 1, reused: 1 })
  const asked = await at.run(plan, { retryFailed: true })
  expect(asked.counts).toMatchObject({ diverged: 0, skipped: 0, done: 4, reused: 1 })
})

it('leaves diverged and failed trials alone unless asked, and tries crashed ones again in a later run', async () => {
  const at = setting()
  const plan = planOf({ teachers: 0, students: 0, baselines: 3 })
  const [one, two, three] = plan.trials.map(({ id }) => id)
  at.script({ [one!]: ['diverge'], [two!]: ['fail'], [three!]: ['segfault'] })
  await at.run(plan, { retries: 0 })
  expect(statusesOf(at, plan)).toEqual(['diverged', 'failed', 'crashed'])
  await at.run(plan, { retries: 0 })
  expect(statusesOf(at, plan)).toEqual(['diverged', 'failed', 'done'])
  await at.run(plan, { retries: 0, retryFailed: true })
  expect(statusesOf(at, plan)).toEqual(['done', 'done', 'done'])
})

const computingsIn = (at: Setting) => at.log().filter((line) => line.startsWith('logits')).length

it('tries to compute logits again when the process dies, and skips who waits for them when it is of no use', async () => {
  const at = setting()
  const plan = planOf()
  const teacher = plan.trials[0]!.id
  at.script({ [`logits ${teacher}`]: ['segfault'] })
  expect((await at.run(plan)).counts).toMatchObject({ done: 4 })
  expect(computingsIn(at)).toBe(2)
  expect(logitsOf(at.store.db, plan.name)).toMatchObject([{ computed: 1, reads: 2 }])

  const other = setting()
  other.script({ [`logits ${teacher}`]: ['fail'] })
  const { counts } = await other.run(plan)
  expect(counts).toMatchObject({ done: 2, skipped: 2 })
  const student = trialsOf(other.store.db, plan.name).find(({ role }) => role === 'student')!
  expect(student.reason).toBe('its teacher "teacher-0" is done, but its logits could not be computed: it cannot work')
  // Another run tries again, and the teacher, which is done, is not trained for it.
  expect((await other.run(plan)).counts).toMatchObject({ done: 4, reused: 2 })
  expect(startsIn(other)).toBe(4)
})

it('computes logits that were lost again, without the training, once somebody needs them', async () => {
  const at = setting()
  await at.run(planOf({ students: 1 }))
  const { $client } = at.store.db
  const artifact = $client.prepare('SELECT artifact FROM logits').pluck().get() as string
  rmSync(artifactPath(at.folder, artifact))
  expect((await at.run(planOf({ students: 1 }))).counts).toMatchObject({ done: 3, reused: 3 })
  expect(computingsIn(at)).toBe(1)
  const { counts, told } = await at.run(planOf({ students: 2 }))
  expect(counts).toMatchObject({ done: 4, reused: 3 })
  expect(told[0]).toMatchObject({ type: 'planned', again: [] })
  expect(computingsIn(at)).toBe(2)
  expect(startsIn(at)).toBe(4)
  expect(existsSync(artifactPath(at.folder, artifact))).toBe(true)
  expect(logitsOf(at.store.db, 'sweep')).toMatchObject([{ computed: 2, reads: 2 }])
})

it('has students teach once they are done and their logits are there, and computes those of no other', async () => {
  const at = setting()
  const plan = planOf({ students: 2, followers: 2 })
  const { told, counts } = await at.run(plan, { executor: at.pool(2) })
  expect(counts).toMatchObject({ total: 8, done: 8 })
  const order = told.flatMap((each) =>
    each.type === 'finished' ? [each.trial.id] : each.type === 'computed' ? [`logits ${each.trial.id}`] : [],
  )
  const starts = told.flatMap((each) => (each.type === 'started' ? [each.trial] : []))
  for (const { id, teacherTrial } of plan.trials) {
    if (teacherTrial !== null) expect(order.indexOf(id)).toBeGreaterThan(order.indexOf(`logits ${teacherTrial}`))
    const teaches = plan.trials.some((trial) => trial.teacherTrial === id)
    expect(order.includes(`logits ${id}`)).toBe(teaches)
    expect(starts.filter((trial) => trial.id === id)).toHaveLength(1)
  }
  expect(logitsOf(at.store.db, plan.name)).toMatchObject([
    { teacher: 'student-0', trials: 2, computed: 2, reads: 2 },
    { teacher: 'student-0-1', trials: 2, computed: 2, reads: 2 },
    { teacher: 'teacher-0', trials: 1, computed: 1, reads: 2 },
  ])
})

it('skips all that hangs on a student that does not end as done', async () => {
  const at = setting()
  const plan = planOf({ students: 1, followers: 3 })
  const [first, second] = plan.trials.filter(({ role }) => role === 'student')
  at.script({ [second!.id]: ['diverge'] })
  const { counts } = await at.run(plan)
  expect(counts).toMatchObject({ done: 3, diverged: 1, skipped: 2 })
  const rows = trialsOf(at.store.db, plan.name)
  expect(rows.find(({ trial }) => trial === first!.id)!.status).toBe('done')
  expect(rows.slice(-2).map(({ reason }) => reason)).toEqual([
    'its teacher "student-0-1" ended as diverged: the loss is NaN',
    'its teacher "student-0-2" ended as skipped: its teacher "student-0-1" ended as diverged: the loss is NaN',
  ])
  const same = await at.run(plan)
  expect(same.counts).toMatchObject({ done: 3, reused: 3, diverged: 1, skipped: 2 })
  expect((await at.run(plan, { retryFailed: true })).counts).toMatchObject({ done: 6, reused: 3 })
})

it('measures an ensemble once the logits of all its members are there, and computes its own for its students', async () => {
  const at = setting()
  const plan = planOf({ teachers: 3, ensemble: true, students: 1 })
  const { counts } = await at.run(plan, { executor: at.pool(2) })
  expect(counts).toMatchObject({ total: 9, done: 9 })
  const logits = logitsOf(at.store.db, plan.name)
  expect(logits.map(({ teacher, computed, reads }) => [teacher, computed, reads])).toEqual([
    ['ensemble', 1, 1],
    // By the ensemble, and by a student each.
    ['teacher-0', 1, 2],
    ['teacher-1', 1, 2],
    ['teacher-2', 1, 2],
  ])
  const row = trialsOf(at.store.db, plan.name).find(({ model }) => model === 'ensemble')
  expect(row).toMatchObject({
    role: 'teacher',
    validationAccuracy: 0.5,
    testAccuracy: null,
    parameters: null,
    epochs: 0,
  })
  expect((await at.run(plan)).counts).toMatchObject({ done: 9, reused: 9 })

  const other = setting()
  other.script({ [plan.trials[1]!.id]: ['fail'] })
  const failed = await other.run(plan, { executor: other.pool(2) })
  expect(failed.counts).toMatchObject({ done: 5, failed: 1, skipped: 3 })
  const reasons = trialsOf(other.store.db, plan.name).flatMap(({ status, reason }) =>
    status === 'skipped' ? [reason] : [],
  )
  const ended = 'ended as failed: it cannot work'
  expect(reasons).toEqual([
    `its member "teacher-1" ${ended}`,
    `its teacher "teacher-1" ${ended}`,
    `its teacher "ensemble" ended as skipped: its member "teacher-1" ${ended}`,
  ])
})

it('computes no logits that nobody needs', async () => {
  const at = setting()
  await at.run(planOf({ students: 0 }))
  expect(computingsIn(at)).toBe(0)
  expect(logitsOf(at.store.db, 'sweep')).toEqual([])
})

it('goes on from the checkpoint after a crash', async () => {
  const at = setting()
  const plan = planOf({ teachers: 0, students: 0, baselines: 1, epochs: 30 })
  let killed = false
  const onProgress = (progress: SweepProgress) => {
    if (progress.type === 'started' && !killed) pid = progress.pid
    if (progress.type !== 'epoch' || progress.record.epoch !== 10 || killed) return
    killed = true
    process.kill(pid, 'SIGKILL')
  }
  let pid = 0
  await at.run(plan, { onProgress })
  const { id } = plan.trials[0]!
  const [, second] = attemptsOf(at.store.db, id)
  expect(second!.resumedEpoch).toBeGreaterThanOrEqual(10)
  const epochs = at.log().filter((line) => line.startsWith(`epoch ${id}`))
  expect(epochs).toHaveLength(30)
})

it('Ctrl-C once: running trials write checkpoints and end, nothing new starts, a later run goes on', async () => {
  const at = setting()
  const plan = planOf({ students: 2, baselines: 2, epochs: 6 })
  const stop = new AbortController()
  const onProgress = (progress: SweepProgress) => {
    if (progress.type !== 'epoch' || progress.record.epoch !== 3 || id !== '') return
    id = progress.trial.id
    stop.abort()
  }
  let id = ''
  const { status, counts, told } = await at.run(plan, {
    executor: at.pool(2, { step: 5 }),
    stop: stop.signal,
    onProgress,
  })
  expect(status).toBe('interrupted')
  expect(counts).toMatchObject({ total: 7, pending: 7, running: 0 })
  expect(told.find(({ type }) => type === 'stopping')).toMatchObject({ running: [{}, {}] })
  expect(sweepOf(at.store.db, plan.name)).toMatchObject({ status: 'interrupted', pending: 7 })
  expect(attemptsOf(at.store.db, id)).toMatchObject([{ outcome: 'interrupted' }])

  const rest = await at.run(plan, { executor: at.pool(2) })
  expect(rest.counts).toMatchObject({ done: 7, pending: 0 })
  expect(attemptsOf(at.store.db, id)[1]).toMatchObject({ outcome: 'done', resumedEpoch: 3 })
  for (const trial of plan.trials) {
    expect(at.log().filter((line) => line.startsWith(`epoch ${trial.id}`))).toHaveLength(6)
  }
})

it('Ctrl-C before the worker listens is heard once it does', async () => {
  const at = setting()
  const stop = new AbortController()
  const onProgress = (progress: SweepProgress) => {
    if (progress.type === 'started') stop.abort()
  }
  const pool = at.pool(1, { step: 50 })
  const { counts } = await at.run(planOf({ epochs: 100 }), { executor: pool, stop: stop.signal, onProgress })
  expect(counts).toMatchObject({ pending: 4, done: 0 })
})

it('Ctrl-C twice: running trials are killed at once', async () => {
  const at = setting()
  const plan = planOf({ teachers: 0, students: 0, baselines: 1 })
  const { id } = plan.trials[0]!
  at.script({ [id]: ['spin'] })
  const stop = new AbortController()
  const kill = new AbortController()
  const onProgress = (progress: SweepProgress) => {
    if (progress.type === 'started') stop.abort()
    if (progress.type === 'stopping') setTimeout(() => kill.abort(), 300)
  }
  const { status } = await at.run(plan, { stop: stop.signal, kill: kill.signal, onProgress })
  expect(status).toBe('interrupted')
  expect(attemptsOf(at.store.db, id)).toMatchObject([{ outcome: 'interrupted' }])
  expect(statusesOf(at, plan)).toEqual(['pending'])
})

it('an error in what watches the sweep ends it, with nothing left running', async () => {
  const at = setting()
  const pool = at.pool(2)
  const onProgress = (progress: SweepProgress) => {
    if (progress.type === 'epoch') throw new Error('the display broke')
  }
  await expect(at.run(planOf({ baselines: 4 }), { executor: pool, onProgress })).rejects.toThrow('the display broke')
  expect(pool.idle()).toBe(2)
  expect(sweepOf(at.store.db, 'sweep')).toMatchObject({ status: 'failed', running: 0 })
  const { counts } = await at.run(planOf({ baselines: 4 }), { executor: pool })
  expect(counts.done).toBe(13)
})
