// Trials an hour for 16 learning rates of one student, one trial after the other and as one group, through the real
// pool: data, training on 20,000 digits for one epoch, scores and export included. One lane of one thread. Of students
// whose teacher runs in their step the times of a step, as the planner takes them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planLanes } from '@retort/orchestrator/executor/local/lanes'
import { createPool } from '@retort/orchestrator/executor/local/pool'
import type { TrialRequest } from '@retort/schema/messages'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { besideTeachers, configOf, members, students, timedGroups } from './grouped.ts'
import { median, saveResults } from './results.ts'

const rounds = 3
const threads = 1
const workerUrl = new URL('../../orchestrator/dist/trial/worker.js', import.meta.url)

export async function groups(): Promise<void> {
  const { lanes } = planLanes({ concurrency: 1, threadsPerTrial: threads, device: 'cpu' })
  const pool = createPool({ workerUrl, lanes, stallSeconds: 600 })
  const rows: Record<string, Record<string, number>> = {}
  for (const [name, architecture] of Object.entries(students)) {
    const times: { alone: number[]; group: number[] } = { alone: [], group: [] }
    // The first round is cold: it loads the data and compiles.
    for (let round = 0; round <= rounds; round++) {
      for (const way of ['alone', 'group'] as const) {
        const seconds = await inFolder(async (requests) => {
          const turns = way === 'group' ? [{ task: 'train group' as const, requests }] : requests
          for (const turn of turns) {
            const ends = await pool.submit(turn, () => {}).ended
            const bad = ends.find(({ outcome }) => outcome !== 'done')
            if (bad !== undefined) throw new Error(`${name}, ${way}: ${JSON.stringify(bad)}`)
          }
        }, architecture)
        if (round > 0) times[way].push(seconds)
      }
    }
    const [alone, group] = [median(times.alone), median(times.group)]
    const perHour = (seconds: number) => Math.round((members / seconds) * 3600)
    rows[name] = {
      'alone, trials/h': perHour(alone),
      'group, trials/h': perHour(group),
      times: Math.round((alone / group) * 100) / 100,
    }
  }
  const placement = { engine: 'onnx', device: 'cpu', threads } as const
  const steps: Record<string, object>[] = []
  for (const sameSeed of [true, false]) {
    for (const some of [members / 2, members])
      steps.push(await timedGroups(besideTeachers, { members: some, sameSeed }, placement, pool.ask))
  }
  await pool.close()
  console.log(`${members} trials, one lane of ${threads} thread, median of ${rounds} rounds:`)
  console.table(rows)
  console.log('Milliseconds of a step, by itself and as a member of a group:')
  for (const each of steps) console.table(each)
  saveResults('groups', { members, rounds, threads, rows, steps })
}

/** @returns the seconds that the trials took */
async function inFolder(
  run: (requests: TrialRequest[]) => Promise<void>,
  architecture: ResolvedArchitecture,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'retort-groups-'))
  const requests = Array.from({ length: members }, (_, member): TrialRequest => {
    const trial = `trial-${member}`
    return {
      task: 'train',
      trial,
      config: configOf(architecture, member),
      placement: { engine: 'onnx', device: 'cpu', threads },
      artifacts: folder,
      checkpoint: join(folder, 'checkpoints', trial),
      checkpointEngines: [],
      logits: null,
      teacher: null,
    }
  })
  const start = performance.now()
  try {
    await run(requests)
    return (performance.now() - start) / 1000
  } finally {
    rmSync(folder, { recursive: true })
  }
}
