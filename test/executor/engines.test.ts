// Sweeps that go from one engine to another: what is reused, what is tried again, what is trained anew, and what is said.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type EngineNote, engineVerdicts } from '@retort/orchestrator/executor/engines'
import type { SweepProgress } from '@retort/orchestrator/executor/progress'
import type { Plan } from '@retort/orchestrator/plan/plan'
import { trialStates } from '@retort/orchestrator/store/state'
import { artifactPath } from '@retort/schema/artifact'
import type { Placement } from '@retort/schema/messages'
import { artifactsOf, attemptsOf, logitsOf, trialsOf } from '@retort/schema/store/read/trials'
import { expect, it } from 'vitest'
import { planOf } from './plans.ts'
import { type Setting, setting } from './setting.ts'

const onnx = { engine: 'onnx', device: 'cpu' } as const
const tensorflow = { engine: 'tensorflow', device: 'cpu' } as const
const placements = {
  onnx: { ...onnx, threads: 1 },
  gpu: { engine: 'onnx', device: 'webgpu', threads: 1 },
  tensorflow: { ...tensorflow, threads: 1 },
} satisfies Record<string, Placement>

const run = (at: Setting, plan: Plan, on: keyof typeof placements, options: Parameters<Setting['run']>[1] = {}) =>
  at.run(plan, { placement: placements[on], retries: 0, ...options })
const startsIn = (at: Setting) => at.log().filter((line) => line.startsWith('start')).length
const computingsIn = (at: Setting) => at.log().filter((line) => line.startsWith('logits')).length
const rowsOf = (at: Setting, plan: Plan) => trialsOf(at.store.db, plan.name)
const statusesOf = (at: Setting, plan: Plan) => rowsOf(at, plan).map(({ status }) => status)
const enginesOf = (at: Setting, plan: Plan) => rowsOf(at, plan).map(({ engines }) => engines)
const notesIn = (told: SweepProgress[]): EngineNote[] =>
  told.flatMap((each) => (each.type === 'planned' ? each.engineNotes : []))

const three = planOf({ teachers: 0, students: 0, baselines: 3 })
const [first, second, third] = three.trials.map(({ id }) => id) as [string, string, string]

it('tries what failed on one engine on the other, once, and what diverged only where the engine is strict', async () => {
  const at = setting()
  at.script({ [first]: ['fail', 'fail'], [second]: ['fail'], [third]: ['diverge'] })
  expect(notesIn((await run(at, three, 'onnx')).told)).toEqual([])
  expect(statusesOf(at, three)).toEqual(['failed', 'failed', 'diverged'])
  expect(rowsOf(at, three).map(({ engine, device }) => ({ engine, device }))).toEqual([onnx, onnx, onnx])
  await run(at, three, 'onnx')
  expect(startsIn(at)).toBe(3)

  const other = await run(at, three, 'tensorflow')
  expect(notesIn(other.told)).toEqual([{ verdict: 'retried', engines: [onnx], trials: 2 }])
  expect(statusesOf(at, three)).toEqual(['failed', 'done', 'diverged'])
  expect(attemptsOf(at.store.db, first).map(({ engine }) => engine)).toEqual(['onnx', 'tensorflow'])

  // It has failed on both: neither tries it again, whichever was the last.
  for (const on of ['onnx', 'tensorflow'] as const) {
    expect(notesIn((await run(at, three, on)).told).filter(({ verdict }) => verdict === 'retried')).toEqual([])
  }
  expect(startsIn(at)).toBe(5)
  const strict = await run(at, three, 'tensorflow', { engineStrict: true })
  expect(notesIn(strict.told)).toEqual([{ verdict: 'retried', engines: [onnx], trials: 1 }])
  expect(statusesOf(at, three)).toEqual(['failed', 'done', 'done'])
})

it('a device is another engine, too, and a failure of a teacher is made good for its students', async () => {
  const at = setting()
  const plan = planOf({ students: 2 })
  at.script({ [plan.trials[0]!.id]: ['fail'] })
  expect((await run(at, plan, 'gpu')).counts).toMatchObject({ failed: 1, skipped: 2, done: 1 })
  const { counts, told } = await run(at, plan, 'onnx')
  expect(counts).toMatchObject({ done: 4, reused: 1 })
  const webgpu = { engine: 'onnx', device: 'webgpu' }
  expect(notesIn(told)).toEqual([
    { verdict: 'retried', engines: [webgpu], trials: 1 },
    { verdict: 'reused', engines: [webgpu], trials: 1 },
  ])
})

it('leaves a failure alone whose engine is not known, as in old stores', async () => {
  const at = setting()
  at.script({ [first]: ['fail'], [second]: ['diverge'] })
  await run(at, three, 'onnx')
  at.store.db.$client.exec('UPDATE attempts SET engine = NULL, device = NULL; UPDATE trials SET engine = NULL')
  for (const engineStrict of [false, true]) {
    await run(at, three, 'tensorflow', { engineStrict })
    expect(statusesOf(at, three).slice(0, 2)).toEqual(['failed', 'diverged'])
  }
  // While "auto" is not settled nothing is known to be another.
  const placement: Placement = { engine: 'auto', device: 'auto', threads: 1 }
  await at.run(three, { placement, retryFailed: true })
  expect(statusesOf(at, three)).toEqual(['done', 'done', 'done'])
})

it('reuses results of another engine, and says how many of which', async () => {
  const at = setting()
  const plan = planOf({ students: 2 })
  await run(at, plan, 'onnx')
  const more = planOf({ students: 3 })
  const { counts, told } = await run(at, more, 'tensorflow')
  expect(counts).toMatchObject({ done: 5, reused: 4 })
  expect(notesIn(told)).toEqual([{ verdict: 'reused', engines: [onnx], trials: 4 }])
  expect(enginesOf(at, more)).toEqual([[onnx], [onnx], [onnx], [onnx], [tensorflow]])
  expect(notesIn((await run(at, more, 'onnx')).told)).toEqual([{ verdict: 'reused', engines: [tensorflow], trials: 1 }])
  // What runs again anyway is not said to be reused.
  const { hash } = artifactsOf(at.store.db, more.trials[1]!.id).find(({ kind }) => kind === 'onnx')!
  rmSync(artifactPath(at.folder, hash))
  expect(notesIn((await run(at, more, 'tensorflow')).told)).toEqual([{ verdict: 'reused', engines: [onnx], trials: 3 }])
})

it('strict: trains anew what another engine computed and what learned from it, with logits of its own, once', async () => {
  const at = setting()
  const plan = planOf({ students: 2, followers: 1 })
  await run(at, planOf({ students: 0 }), 'onnx')
  // The students run on this engine, and learn from the other's teacher.
  await run(at, plan, 'tensorflow')
  const logits = computingsIn(at)
  const before = startsIn(at)
  const { counts, told } = await run(at, plan, 'tensorflow', { engineStrict: true })
  expect(counts).toMatchObject({ total: 6, done: 6, reused: 0 })
  expect(notesIn(told)).toEqual([
    { verdict: 'anew', engines: [onnx], trials: 2 },
    { verdict: 'follower', engines: [], trials: 4 },
  ])
  expect(startsIn(at)).toBe(before + 6)
  expect(computingsIn(at)).toBe(logits + 3)
  expect(enginesOf(at, plan)).toEqual(plan.trials.map(() => [tensorflow]))
  const again = await run(at, plan, 'tensorflow', { engineStrict: true })
  expect(again.counts).toMatchObject({ done: 6, reused: 6 })
  expect(notesIn(again.told)).toEqual([])
  // And so it goes on where it was interrupted.
  const stop = new AbortController()
  const onProgress = ({ type }: SweepProgress) => type === 'finished' && stop.abort()
  const part = await run(at, plan, 'onnx', { engineStrict: true, stop: stop.signal, onProgress })
  expect(part.status).toBe('interrupted')
  expect((await run(at, plan, 'onnx', { engineStrict: true })).counts).toMatchObject({ done: 6, reused: 1 })
  expect(enginesOf(at, plan)).toEqual(plan.trials.map(() => [onnx]))
})

it('strict: computes logits of another engine again, without training their teacher', async () => {
  const at = setting()
  const plan = planOf({ students: 1 })
  await run(at, planOf({ students: 0 }), 'tensorflow')
  await run(at, plan, 'onnx')
  const before = startsIn(at)
  const { counts, told } = await run(at, plan, 'tensorflow', { engineStrict: true })
  expect(notesIn(told)).toEqual([{ verdict: 'anew', engines: [onnx], trials: 1 }])
  expect(counts).toMatchObject({ done: 3, reused: 2 })
  expect(startsIn(at)).toBe(before + 1)
  expect(logitsOf(at.store.db, plan.name)).toMatchObject([{ computed: 2 }])
})

it('strict: what another sweep’s student learned from another engine does not count, though its teacher does', async () => {
  const at = setting()
  const one = planOf({ students: 1, name: 'one' })
  const both = planOf({ students: 2, name: 'both' })
  const plain = planOf({ students: 0, name: 'plain' })
  await run(at, plain, 'onnx')
  await run(at, one, 'tensorflow')
  // The teacher is this engine's now; the student of sweep "one" had learned from the one before.
  await run(at, plain, 'tensorflow', { engineStrict: true })
  const { told } = await run(at, both, 'tensorflow', { engineStrict: true })
  expect(notesIn(told)).toEqual([{ verdict: 'follower', engines: [], trials: 1 }])
})

/** Interrupts the first trial of a run after its second epoch. */
async function interrupted(at: Setting, plan: Plan, on: keyof typeof placements, epoch = 2) {
  const stop = new AbortController()
  const onProgress = (progress: SweepProgress) => {
    if (progress.type === 'epoch' && progress.record.epoch === epoch) stop.abort()
  }
  const pool = at.pool(1, { step: 20 })
  return run(at, plan, on, { executor: pool, stop: stop.signal, onProgress })
}
const long = planOf({ teachers: 0, students: 0, baselines: 1, epochs: 6 })
const [only] = long.trials.map(({ id }) => id) as [string]
const continuedIn = (told: SweepProgress[]) => told.flatMap((each) => (each.type === 'continued' ? [each.engines] : []))

it('goes on from a checkpoint of another engine, says so, and remembers both', async () => {
  const at = setting()
  expect((await interrupted(at, long, 'onnx')).status).toBe('interrupted')
  const { told } = await run(at, long, 'tensorflow')
  expect(continuedIn(told)).toEqual([[onnx]])
  expect(attemptsOf(at.store.db, only)).toMatchObject([
    { engine: 'onnx', engines: [onnx], resumedEpoch: 0 },
    { engine: 'tensorflow', engines: [onnx, tensorflow], resumedEpoch: 2 },
  ])
  expect(enginesOf(at, long)).toEqual([[onnx, tensorflow]])
  // A result of both is neither's.
  for (const on of ['onnx', 'tensorflow'] as const) {
    expect(notesIn((await run(at, long, on)).told)).toEqual([
      { verdict: 'reused', engines: [onnx, tensorflow], trials: 1 },
    ])
  }
  await run(at, long, 'onnx', { engineStrict: true })
  expect(enginesOf(at, long)).toEqual([[onnx]])
})

it('strict: begins anew where the checkpoint is of another engine, and goes on from its own', async () => {
  const at = setting()
  await interrupted(at, long, 'onnx')
  const part = await interrupted(at, long, 'tensorflow', 4)
  expect(continuedIn(part.told)).toEqual([[onnx]])
  expect(existsSync(join(at.folder, 'checkpoints', `${only}.bin`))).toBe(true)

  const stop = new AbortController()
  const onProgress = (progress: SweepProgress) => {
    if (progress.type === 'epoch' && progress.record.epoch === 2) stop.abort()
  }
  const strict = { engineStrict: true }
  const pool = at.pool(1, { step: 20 })
  const anew = await run(at, long, 'tensorflow', { ...strict, executor: pool, stop: stop.signal, onProgress })
  expect(notesIn(anew.told)).toEqual([{ verdict: 'restarted', engines: [onnx, tensorflow], trials: 1 }])
  const last = await run(at, long, 'tensorflow', strict)
  expect(notesIn(last.told)).toEqual([])
  expect(continuedIn(last.told)).toEqual([])
  expect(attemptsOf(at.store.db, only).map(({ resumedEpoch }) => resumedEpoch)).toEqual([0, 2, 0, 2])
  expect(enginesOf(at, long)).toEqual([[tensorflow]])
  expect(readdirSync(join(at.folder, 'checkpoints'))).toEqual([])
})

it('strict: what diverged here from a checkpoint of another engine is tried from the start, once', async () => {
  const at = setting()
  await interrupted(at, long, 'onnx')
  at.script({ [only]: ['count', 'goesOnAndDiverges', 'diverge'] })
  await run(at, long, 'tensorflow')
  expect(attemptsOf(at.store.db, only).at(-1)).toMatchObject({ outcome: 'diverged', engines: [onnx, tensorflow] })
  await run(at, long, 'tensorflow')
  const strict = await run(at, long, 'tensorflow', { engineStrict: true })
  expect(notesIn(strict.told)).toEqual([{ verdict: 'retried', engines: [onnx, tensorflow], trials: 1 }])
  await run(at, long, 'tensorflow', { engineStrict: true })
  expect(startsIn(at)).toBe(3)
})

it('strict: a student that failed here before its model was compiled is not tried for ever', async () => {
  const at = setting()
  const plan = planOf({ students: 1, baselines: 1 })
  const { id } = plan.trials.find(({ role }) => role === 'student')!
  at.script({ [id]: ['count', 'fail', 'fail'] })
  const stop = new AbortController()
  const onProgress = (progress: SweepProgress) => {
    if (progress.type === 'epoch' && progress.trial.id === id) stop.abort()
  }
  await run(at, plan, 'onnx', { executor: at.pool(1, { step: 20 }), stop: stop.signal, onProgress })
  expect(attemptsOf(at.store.db, id)).toMatchObject([{ outcome: 'interrupted', engines: [onnx] }])
  await run(at, plan, 'tensorflow', { engineStrict: true })
  expect(statusesOf(at, plan)).toEqual(['done', 'done', 'failed'])
  const before = startsIn(at)
  const { told } = await run(at, plan, 'tensorflow', { engineStrict: true })
  expect(notesIn(told)).toEqual([])
  expect(startsIn(at)).toBe(before)
})

it('while "auto" is not settled nothing is of another engine', async () => {
  const at = setting()
  await run(at, three, 'gpu')
  const ids = three.trials.map(({ id }) => id)
  const states = trialStates(at.store.db, ids)
  const verdicts = (engine: string, device: string) =>
    [...engineVerdicts(three, states, { engine, device }, false).values()].map(({ verdict }) => verdict)
  expect(verdicts('auto', 'auto')).toEqual([])
  expect(verdicts('onnx', 'auto')).toEqual([])
  expect(verdicts('tensorflow', 'auto')).toEqual(['reused', 'reused', 'reused'])
  expect(verdicts('auto', 'cpu')).toEqual(['reused', 'reused', 'reused'])
})
