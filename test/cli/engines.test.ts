// A sweep whose results are of another engine than the one that is asked for: what the commands say of it, and what
// --engine-strict trains. The other engine's part is written into the store, as no other need work here.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RanEngine } from '@retort/schema/engines'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { folder, retort, small, write } from './retort.ts'

const onnx = { engine: 'onnx', device: 'cpu' }
const tensorflow = { engine: 'tensorflow', device: 'cpu' }

/** Has these trials, of which all attempts are of one engine, be of others. */
function rewrite(cwd: string, engines: RanEngine[], which: string): void {
  const sqlite = new Database(join(cwd, '.retort/retort.db'))
  const { engine, device } = engines.at(-1)!
  const ids = `(SELECT trial FROM sweep_trials WHERE ${which})`
  sqlite
    .prepare(`UPDATE attempts SET engine = ?, device = ?, engines = ? WHERE trial IN ${ids}`)
    .run(engine, device, JSON.stringify(engines))
  sqlite.prepare(`UPDATE trials SET engine = ?, device = ? WHERE id IN ${ids}`).run(engine, device)
  sqlite.prepare(`UPDATE logits SET engine = ?, device = ? WHERE teacher_trial IN ${ids}`).run(engine, device)
  sqlite.close()
}

it('results of another engine are reused and said to be, and trained anew with --engine-strict', async () => {
  const cwd = folder()
  const json = async (...options: string[]) => JSON.parse((await retort(cwd, ...options, '--json')).stdout)
  const said = async (...options: string[]) => (await retort(cwd, ...options)).stdout
  const spec = write(cwd, small)
  const first = await said('run', spec)
  expect(first).toContain('Sweep "small" on onnx (cpu), 2 trials at a time')
  expect(first).not.toContain('--engine-strict')
  expect(await said('plan', spec)).toContain(
    'Sweep "small": 4 trials, 4 of them done and reused, computed on onnx (cpu).\n',
  )
  expect(await said('rank', 'small')).toContain('\nComputed on onnx (cpu).\n')
  expect(await said('report', 'small')).not.toContain('| engine |')
  const same = await json('plan', spec)
  expect(same.engines).toEqual({ asked: onnx, results: [{ engines: [onnx], trials: 4 }], notes: [] })

  rewrite(cwd, [tensorflow], 'position < 2')
  rewrite(cwd, [tensorflow, onnx], 'position = 3')
  const lines = [
    '2 of the reused results were computed on tensorflow (cpu), not on onnx (cpu); --engine-strict trains them anew.',
    '1 of the reused results was computed on tensorflow (cpu) and onnx (cpu), not on onnx (cpu) alone; --engine-strict trains it anew.',
  ]
  const planned = await said('plan', spec)
  expect(planned).toContain(
    '4 of them done and reused: 2 computed on tensorflow (cpu), 1 computed on onnx (cpu), 1 computed on tensorflow (cpu) and onnx (cpu).\n',
  )
  for (const line of lines) expect(planned).toContain(`\n${line}\n`)
  const { engines, reused, trials } = await json('plan', spec)
  expect(reused).toBe(4)
  expect(engines.notes).toEqual([
    { verdict: 'reused', engines: [tensorflow], trials: 2 },
    { verdict: 'reused', engines: [tensorflow, onnx], trials: 1 },
  ])
  const now = [[tensorflow], [tensorflow], [onnx], [tensorflow, onnx]]
  expect(trials.map((trial: { engines: RanEngine[] }) => trial.engines)).toEqual(now)
  // Where the engine is for `run` to choose, only what results are of is known.
  const free = write(cwd, { ...small, engine: 'auto', device: 'auto' }, 'free.json')
  expect((await json('plan', free)).engines.notes).toEqual([])

  const again = await said('run', spec)
  expect(again).toContain('4 of 4 trials done (4 reused)')
  for (const line of lines) expect(again).toContain(`\n${line}\n`)
  const ranked = await json('rank', 'small')
  expect(ranked.engines).toHaveLength(3)
  const table = await said('rank', 'small')
  expect(table).toMatch(/ONNX +engine +trial/)
  for (const { trial, engines } of ranked.configurations) {
    const position = trials.findIndex(({ id }: { id: string }) => id === trial)
    expect(engines).toEqual(now[position])
    const names = engines.map(({ engine }: RanEngine) => `${engine} (cpu)`).join(' and ')
    expect(table).toMatch(new RegExp(`B +${names.replaceAll(/[()]/g, '\\$&')} +${trial.slice(0, 12)}`))
  }
  expect(table).toContain(
    '\nComputed on several engines: 2 on tensorflow (cpu), 1 on onnx (cpu), 1 on tensorflow (cpu) and onnx (cpu).\n',
  )
  const document = await said('report', 'small')
  expect(document).toMatch(/\| ONNX \| engine \|/)
  expect(document).toContain('- 1 trial: tensorflow on cpu, then onnx on cpu, 1 thread: ')
  expect(await said('show', 'small')).toContain('tensorflow (cpu) and onnx (cpu)')

  const strictly = await said('plan', spec, '--engine-strict')
  expect(strictly).toContain('4 trials, 0 of them done and reused.\n')
  const anew = [
    '2 results of tensorflow (cpu) do not count and are trained anew on onnx (cpu) (--engine-strict).',
    '1 trial learned from what another engine computed and is trained anew on onnx (cpu) (--engine-strict).',
    '1 result of tensorflow (cpu) and onnx (cpu) does not count and is trained anew on onnx (cpu) (--engine-strict).',
  ]
  for (const line of anew) expect(strictly).toContain(`\n${line}\n`)
  const strict = await said('run', spec, '--engine-strict')
  for (const line of anew) expect(strict).toContain(`\n${line}\n`)
  expect(strict).toContain('4 of 4 trials done (0 reused)')
  expect(await said('run', spec, '--engine-strict')).toContain('4 of 4 trials done (4 reused)')
  expect((await json('plan', spec)).engines.results).toEqual([{ engines: [onnx], trials: 4 }])

  const best = ranked.configurations[0].trial
  expect(await said('export', best, '--format', 'tfjs', '--out', 'out')).toMatch(/\nTrained on onnx \(cpu\)\.\n$/)
  const { userDefinedMetadata } = JSON.parse(readFileSync(join(cwd, 'out/model.json'), 'utf8'))
  expect(userDefinedMetadata.trainedOn).toEqual([onnx])
  expect((await json('export', best, '--format', 'onnx', '--out', 'out')).engines).toEqual([onnx])
  expect(readFileSync(join(cwd, 'out/model.onnx'), 'latin1')).toContain(JSON.stringify([onnx]))
})

it('what failed on another engine is tried on this one', async () => {
  const cwd = folder()
  const spec = write(cwd, { ...small, teachers: [], temperatures: undefined })
  expect((await retort(cwd, 'run', spec)).code).toBe(0)
  rewrite(cwd, [tensorflow], 'true')
  const sqlite = new Database(join(cwd, '.retort/retort.db'))
  sqlite.exec("UPDATE attempts SET outcome = 'failed', engines = NULL; UPDATE trials SET status = 'failed'")
  sqlite.close()
  const line = '\n1 trial failed on tensorflow (cpu) and is tried on onnx (cpu).\n'
  expect((await retort(cwd, 'plan', spec)).stdout).toContain(line)
  const { stdout } = await retort(cwd, 'run', spec)
  expect(stdout).toContain(line)
  expect(stdout).toContain('1 of 1 trials done (0 reused), 0 failed')
})
