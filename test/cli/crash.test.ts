// A night's accidents, with real trials: whatever is killed, the same command ends with the same weights.
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { folder, retort, small, start, write } from './retort.ts'

// Students keep their best epoch's weights, the teacher its last one's.
const training = { ...small.training, epochs: 6, keep: 'best' }
const teachers = small.teachers.map((teacher) => ({ ...teacher, training: { keep: 'last' } }))
const experiment = { ...small, teachers, training }

/** Hash of each trial's weights, by trial. */
function weights(cwd: string): Record<string, string> {
  const store = new Database(join(cwd, '.retort/retort.db'), { readonly: true })
  const rows = store.prepare("SELECT trial, hash FROM artifact_view WHERE kind = 'weights' ORDER BY trial").all()
  store.close()
  return Object.fromEntries((rows as { trial: string; hash: string }[]).map(({ trial, hash }) => [trial, hash]))
}

function count(cwd: string, query: string): number {
  const store = new Database(join(cwd, '.retort/retort.db'), { readonly: true })
  const number = store.prepare(query).pluck().get() as number
  store.close()
  return number
}

describe('a sweep', () => {
  it('that is killed with all its processes, again and again, ends with the same weights bit for bit', async () => {
    const calm = folder()
    expect((await retort(calm, 'run', write(calm, experiment))).code).toBe(0)
    const undisturbed = weights(calm)
    expect(Object.keys(undisturbed)).toHaveLength(4)

    const cwd = folder()
    const spec = write(cwd, experiment)
    let killed = 0
    for (let delay = 1500; ; delay += 700) {
      const run = start(cwd, 'run', spec)
      const end = await Promise.race([run.ended, new Promise<null>((wake) => setTimeout(() => wake(null), delay))])
      if (end !== null) {
        expect(end.code).toBe(0)
        break
      }
      process.kill(-run.child.pid!, 'SIGKILL')
      await run.ended
      killed += 1
    }
    expect(killed).toBeGreaterThan(1)
    expect(weights(cwd)).toEqual(undisturbed)
    // Every trial ended as done once; every other attempt was cut off.
    expect(count(cwd, "SELECT count(*) FROM attempt_view WHERE outcome = 'done'")).toBe(4)
    expect(count(cwd, 'SELECT count(*) FROM epoch_view')).toBe(4 * 6)
    expect(count(cwd, 'SELECT computed FROM logits_view')).toBe(1)
  })

  it('that is killed goes on from an epoch’s checkpoint, not from the start', async () => {
    const cwd = folder()
    const spec = write(cwd, { ...experiment, training: { ...experiment.training, epochs: 400 } })
    const run = start(cwd, 'run', spec)
    await run.says('4 trials')
    // The first epoch's is always written.
    while (count(cwd, 'SELECT count(*) FROM epoch_view') < 5) await new Promise((wake) => setTimeout(wake, 50))
    process.kill(-run.child.pid!, 'SIGKILL')
    await run.ended

    const next = start(cwd, 'run', spec)
    await next.says('4 trials')
    const resumed = 'SELECT max(resumed_epoch) FROM attempt_view'
    while (count(cwd, resumed) < 1) await new Promise((wake) => setTimeout(wake, 50))
    process.kill(-next.child.pid!, 'SIGKILL')
    await next.ended
  })

  it('that is stopped by Ctrl-C writes checkpoints, exits with 130 and goes on from them', async () => {
    const cwd = folder()
    const spec = write(cwd, { ...experiment, training: { ...experiment.training, epochs: 400 } })
    const run = start(cwd, 'run', spec)
    await run.says('4 trials')
    while (count(cwd, 'SELECT count(*) FROM epoch_view') < 5) await new Promise((wake) => setTimeout(wake, 50))
    // As a terminal does it: to the whole group.
    process.kill(-run.child.pid!, 'SIGINT')
    const ended = await run.ended
    expect(ended.stderr).toBe('')
    expect(ended.code).toBe(130)
    expect(ended.stdout).toContain('Interrupted. The same command goes on from here')
    expect(count(cwd, "SELECT count(*) FROM attempt_view WHERE outcome = 'running'")).toBe(0)

    const next = start(cwd, 'run', spec)
    await next.says('4 trials')
    const resumed = 'SELECT max(resumed_epoch) FROM attempt_view'
    while (count(cwd, resumed) < 2) await new Promise((wake) => setTimeout(wake, 50))
    process.kill(-next.child.pid!, 'SIGINT')
    process.kill(-next.child.pid!, 'SIGINT')
    expect((await next.ended).code).toBe(130)
  })

  it('is refused while another run has the store, which is named', async () => {
    const cwd = folder()
    const spec = write(cwd, { ...experiment, training: { ...experiment.training, epochs: 400 } })
    const first = start(cwd, 'run', spec)
    await first.says('4 trials')
    const second = await retort(cwd, 'run', spec)
    expect(second.code).toBe(75)
    expect(second.stderr).toContain(`sweep "small" is being run by process ${first.child.pid}`)
    process.kill(-first.child.pid!, 'SIGKILL')
    await first.ended
  })
})
