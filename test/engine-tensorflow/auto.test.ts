// What "auto" comes to for a sweep where there is libtensorflow, and that nothing is timed where there is none.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openStore } from '../../orchestrator/src/store/store.ts'
import { folder, retort, small, write } from '../cli/retort.ts'
import { realEngine, realTests } from './realLibrary.ts'

const { engine: _, ...rest } = small
const auto = { ...rest, device: 'cpu', training: { epochs: 1, batchSize: 64 } }

interface Timed {
  engine: string
  milliseconds: number
  versions: string
}

/** Runs the sweep. @returns what it says, what the store keeps of its timing, and what its trials ran on */
async function swept(cwd: string) {
  const { code, stdout, stderr } = await retort(cwd, 'run', write(cwd, auto))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const store = openStore(join(cwd, '.retort/retort.db'))
  const sqlite = store.db.$client
  const timed = sqlite.prepare('SELECT * FROM step_times ORDER BY engine').all() as Timed[]
  const engines = sqlite.prepare('SELECT DISTINCT engine FROM trials').pluck().all()
  store.close()
  return { stdout, timed, engines }
}

realTests('"auto" beside libtensorflow', ({ device, versions }) => {
  it.skipIf(device !== 'cpu')(
    'times a step on each engine once, and trains on the fastest (where libtensorflow runs on the CPU)',
    async () => {
      const cwd = folder()
      const { stdout, timed, engines } = await swept(cwd)
      const about = { device: 'cpu', model: 'tiny', batch_size: 64, at_once: 2, threads: 1 }
      expect(timed).toMatchObject([
        { engine: 'onnx', ...about },
        { engine: 'tensorflow', ...about },
      ])
      expect(JSON.parse(timed[1]!.versions)).toEqual(versions)
      const fastest = timed.toSorted((one, other) => one.milliseconds - other.milliseconds)[0]!.engine
      expect(engines).toEqual([fastest])
      const line = /^onnx on cpu: [\d.]+ ms a step of tiny; tensorflow on cpu: [\d.]+ ms; taking (\w+) on cpu$/m
      const [said, taken] = line.exec(stdout)!
      expect(taken).toBe(fastest)

      const again = await swept(cwd)
      expect(again.stdout).toContain(`${said} (timed before)\n`)
      expect(again.timed).toEqual(timed)
    },
  )
})

it.runIf(realEngine === null)('"auto" without libtensorflow times nothing', async () => {
  const { stdout, timed, engines } = await swept(folder())
  expect({ timed, engines }).toEqual({ timed: [], engines: ['onnx'] })
  expect(stdout).not.toContain('a step of')
})
