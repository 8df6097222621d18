// What "auto" comes to for a sweep where libtensorflow works, and that nothing is timed where it does not.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openTensorflowEngine } from '../../orchestrator/src/engine/tensorflow.ts'
import { openStore } from '../../orchestrator/src/store/store.ts'
import { folder, retort, small, write } from '../cli/retort.ts'

const works = await openTensorflowEngine({ device: 'cpu', threads: 1 }).then(
  () => true,
  () => false,
)
const { device: _, engine: __, ...auto } = small

it('a step is timed on each engine once, and the fastest trains', async () => {
  const cwd = folder()
  const file = write(cwd, { ...auto, device: 'cpu', training: { epochs: 1, batchSize: 64 } })
  const first = await retort(cwd, 'run', file)
  expect(first).toMatchObject({ code: 0, stderr: '' })
  const { db, close } = openStore(join(cwd, '.retort/retort.db'))
  const rows = db.$client
    .prepare('SELECT engine, device, model, batch_size, at_once, threads, milliseconds, versions FROM step_times')
    .all() as { engine: string; milliseconds: number; versions: string }[]
  const trained = db.$client.prepare('SELECT DISTINCT engine FROM trials').pluck().all()
  close()
  if (!works) {
    expect(rows).toEqual([])
    expect(first.stdout).not.toContain('a step of')
    expect(trained).toEqual(['onnx'])
    return
  }
  const about = { device: 'cpu', model: 'tiny', batch_size: 64, at_once: 2, threads: 1 }
  expect(rows).toMatchObject([
    { engine: 'onnx', ...about },
    { engine: 'tensorflow', ...about },
  ])
  expect(JSON.parse(rows[1]!.versions).libtensorflow).toMatch(/^\d+\.\d+\.\d+/)
  const fastest = rows.toSorted((one, other) => one.milliseconds - other.milliseconds)[0]!.engine
  expect(trained).toEqual([fastest])
  const line = /^onnx on cpu: [\d.]+ ms a step of tiny; tensorflow on cpu: [\d.]+ ms; taking (\w+) on cpu$/m
  expect(line.exec(first.stdout)?.[1]).toBe(fastest)

  const again = await retort(cwd, 'run', file)
  expect(again.stdout).toContain(`${line.exec(first.stdout)![0]} (timed before)`)
})
