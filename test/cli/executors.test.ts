// `retort run --executor`: the same sweep in child processes and in the command line's own.
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { folder, retort, small, start, write } from './retort.ts'

function rows(cwd: string, query: string): unknown[] {
  const store = new Database(join(cwd, '.retort/retort.db'), { readonly: true })
  const found = store.prepare(query).raw().all()
  store.close()
  return found
}

const weights = "SELECT trial, hash FROM artifact_view WHERE kind = 'weights' ORDER BY trial"
const attempts = 'SELECT trial, number, outcome, engine, device, batch_size FROM attempt_view ORDER BY trial, number'
const pids = 'SELECT DISTINCT pid FROM attempts'

it('debug trains in this process, one trial at a time, and comes to the same weights and rows', async () => {
  const [usual, debugged] = [folder(), folder()]
  expect((await retort(usual, 'run', write(usual, small))).code).toBe(0)
  const run = start(debugged, 'run', write(debugged, small), '--executor', 'debug')
  const { code, stdout } = await run.ended
  expect(stdout).toContain('4 of 4 trials done')
  expect(stdout).toContain('1 trials at a time')
  expect(code).toBe(0)
  expect(rows(debugged, weights)).toEqual(rows(usual, weights))
  expect(rows(debugged, attempts)).toEqual(rows(usual, attempts))
  expect(rows(debugged, pids)).toEqual([[run.child.pid]])
  const [[computed]] = rows(debugged, 'SELECT computed FROM logits_view') as [[number]]
  expect(computed).toBe(1)
})

it.each([1, 2])('debug is stopped by Ctrl-C, pressed %i times, and goes on in child processes', async (times) => {
  const cwd = folder()
  const spec = write(cwd, { ...small, training: { ...small.training, epochs: 400 } })
  const run = start(cwd, 'run', spec, '--executor', 'debug')
  await run.says('4 trials')
  while (rows(cwd, 'SELECT * FROM epoch_view').length < 5) await new Promise((wake) => setTimeout(wake, 50))
  for (let time = 0; time < times; time++) process.kill(run.child.pid!, 'SIGINT')
  const { code, stdout } = await run.ended
  expect(stdout).toContain('stopping')
  expect(code).toBe(130)
  expect(rows(cwd, "SELECT count(*) FROM trial_view WHERE status = 'running'")).toEqual([[0]])
  const next = start(cwd, 'run', spec)
  await next.says('4 trials')
  while ((rows(cwd, 'SELECT max(resumed_epoch) FROM attempt_view') as [[number]])[0][0] < 1)
    await new Promise((wake) => setTimeout(wake, 50))
  process.kill(-next.child.pid!, 'SIGKILL')
  await next.ended
})

it('an executor that there is not is bad input, and the others are named', async () => {
  const { code, stderr } = await retort(folder(), 'run', 'x.json', '--executor', 'cloud')
  expect(code).toBe(2)
  expect(stderr).toContain('Allowed choices are local, debug')
})
