// Sweeps by the command line on the real libtensorflow: accidents of the night, and memory that is too short.
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { folder, retort, retortWithin, small, start, write } from '../cli/retort.ts'
import { realTests } from './realLibrary.ts'

const experiment = { ...small, engine: 'tensorflow', training: { ...small.training, epochs: 6, keep: 'best' } }

function read<Row>(cwd: string, query: string): Row[] {
  const store = new Database(join(cwd, '.retort/retort.db'), { readonly: true })
  try {
    return store.prepare(query).all() as Row[]
  } finally {
    store.close()
  }
}

const weights = (cwd: string) =>
  read<{ trial: string; hash: string }>(
    cwd,
    "SELECT trial, hash FROM artifact_view WHERE kind = 'weights' ORDER BY trial",
  )
const epochs = (cwd: string) => read(cwd, 'SELECT * FROM epoch_view').length

realTests('a sweep on libtensorflow', ({ versions }) => {
  it('says and keeps which engine, device and library it ran on', async () => {
    const cwd = folder()
    const run = await retort(cwd, 'run', write(cwd, { ...small, engine: 'tensorflow' }))
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout).toContain('Sweep "small" on tensorflow (cpu)')
    const [trial] = read<{ engine: string; device: string; threads: number; versions: string }>(
      cwd,
      'SELECT engine, device, threads, versions FROM trial_view',
    )
    expect(trial).toMatchObject({ engine: 'tensorflow', device: 'cpu', threads: 1 })
    expect(JSON.parse(trial!.versions)).toMatchObject(versions)
    expect(versions.libtensorflow).toMatch(/^2\.\d+\.\d+/)
  })

  it('that is killed with all its processes, again and again, ends with the same weights bit for bit', async () => {
    const calm = folder()
    expect((await retort(calm, 'run', write(calm, experiment))).code).toBe(0)
    expect(weights(calm)).toHaveLength(4)

    const cwd = folder()
    const spec = write(cwd, experiment)
    let killed = 0
    for (let delay = 2500; ; delay += 1000) {
      const run = start(cwd, 'run', spec)
      const end = await Promise.race([run.ended, new Promise<null>((wake) => setTimeout(() => wake(null), delay))])
      if (end !== null) {
        expect(end).toMatchObject({ code: 0, stderr: '' })
        break
      }
      process.kill(-run.child.pid!, 'SIGKILL')
      await run.ended
      killed += 1
    }
    expect(killed).toBeGreaterThan(0)
    expect(weights(cwd)).toEqual(weights(calm))
  })

  it('hears Ctrl-C within an epoch, writes a checkpoint and goes on from it', async () => {
    const cwd = folder()
    // An epoch of 3,125 steps, of which each alone is short.
    const dataset = { ...small.dataset, split: { ...small.dataset.split, train: 50_000 } }
    const long = { ...experiment, dataset, training: { epochs: 1, batchSize: 16 } }
    const spec = write(cwd, long)
    const run = start(cwd, 'run', spec)
    await run.says('4 trials')
    while (read(cwd, 'SELECT * FROM attempt_view WHERE engines IS NOT NULL').length === 0) {
      await new Promise((wake) => setTimeout(wake, 20))
    }
    process.kill(-run.child.pid!, 'SIGINT')
    expect(await run.ended).toMatchObject({ code: 130, stderr: '' })
    expect(epochs(cwd)).toBe(0)
    expect(read(cwd, "SELECT * FROM attempt_view WHERE outcome = 'interrupted'").length).toBeGreaterThan(0)

    const next = start(cwd, 'run', spec)
    await next.says('4 trials')
    while (read(cwd, 'SELECT * FROM attempt_view WHERE resumed_epoch = 0').length === 0) {
      await new Promise((wake) => setTimeout(wake, 20))
    }
    process.kill(-next.child.pid!, 'SIGKILL')
    await next.ended
  })

  it('goes on where the onnx engine was interrupted, which is said, and is trained anew where it must not', async () => {
    const cwd = folder()
    const onnx = { engine: 'onnx', device: 'cpu' }
    const tensorflow = { engine: 'tensorflow', device: 'cpu' }
    const slow = { ...small, teachers: [], temperatures: undefined, training: { epochs: 40, batchSize: 64 } }
    const run = start(cwd, 'run', write(cwd, slow))
    await run.says('1 trials')
    while (epochs(cwd) < 2) await new Promise((wake) => setTimeout(wake, 20))
    process.kill(-run.child.pid!, 'SIGINT')
    expect((await run.ended).code).toBe(130)

    const spec = write(cwd, { ...slow, engine: 'tensorflow' })
    const next = await retort(cwd, 'run', spec)
    expect(next).toMatchObject({ code: 0, stderr: '' })
    expect(next.stdout).toContain(
      'goes on: tiny (baseline), seed 1: from a checkpoint of onnx (cpu), now on tensorflow (cpu)\n',
    )
    const enginesNow = () =>
      read<{ engines: string }>(cwd, 'SELECT engines FROM trial_view').map(({ engines }) => engines)
    expect(enginesNow()).toEqual([JSON.stringify([onnx, tensorflow])])
    const strict = await retort(cwd, 'run', spec, '--engine-strict')
    expect(strict.stdout).toContain(
      '1 result of onnx (cpu) and tensorflow (cpu) does not count and is trained anew on tensorflow (cpu) (--engine-strict).',
    )
    expect(enginesNow()).toEqual([JSON.stringify([tensorflow])])
  })

  it.skipIf(process.platform !== 'linux')(
    'halves the batches until the memory that there is suffices (on Linux)',
    async () => {
      const cwd = folder()
      const file = write(cwd, {
        name: 'short',
        dataset: { type: 'mnist', split: { train: 8192, validation: 500, test: 500 } },
        students: [{ id: 'wide', architecture: { type: 'cnn', filters: [32], dense: [8] } }],
        training: { epochs: 1, batchSize: 8192, outOfMemory: 'halve-batch' },
        engine: 'tensorflow',
        device: 'cpu',
        execution: { concurrency: 1, threadsPerTrial: 1, retries: 0 },
      })
      const run = await retortWithin(6_000_000, cwd, 'run', file)
      expect(run).toMatchObject({ code: 0, stderr: '' })
      expect(run.stdout).toContain('again with batches of 4096 instead of 8192')
      expect(run.stdout).toMatch(/done: wide \(baseline\), seed 1: .*, with batches of \d+\n/)
    },
  )
})
