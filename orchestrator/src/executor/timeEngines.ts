// How fast a sweep goes on each engine that works here: a step is timed on each, in processes of its own, so that a
// crash costs one engine and not the sweep.
import type { TimeStepRequest } from '@retort/schema/questions'
import { type LaneOptions, planLanes } from './local/lanes.ts'
import { createPool } from './local/pool.ts'

/** An engine on a device where it works. */
export interface Candidate {
  engine: 'onnx' | 'tensorflow'
  device: 'cpu' | 'webgpu' | 'cuda'
  versions: Record<string, string>
}

/** A candidate as the sweep would use it. */
export interface Setting extends Candidate {
  threads: number
  /** How many steps are taken at a time, as trials will. */
  atOnce: number
}

export type Timed = Setting & { milliseconds: number }

export type EngineTime = Timed | (Setting & { milliseconds: null; problem: string })

/** A step that takes longer is too slow for a sweep. */
const stallSeconds = 180

/** @param trials how many the sweep has: no more are ever trained at a time */
export function settingOf(candidate: Candidate, execution: Omit<LaneOptions, 'device'>, trials: number) {
  const { lanes, threads } = planLanes({ ...execution, device: candidate.device })
  return { ...candidate, threads, atOnce: Math.max(1, Math.min(lanes.length, trials)) }
}

/** One after the other. */
export async function timeEngines(
  settings: Setting[],
  execution: Omit<LaneOptions, 'device'>,
  step: Omit<TimeStepRequest, 'task' | 'placement'>,
  workerUrl: URL,
): Promise<EngineTime[]> {
  const times: EngineTime[] = []
  for (const setting of settings) times.push(await timeEngine(setting, execution, step, workerUrl))
  return times
}

async function timeEngine(
  setting: Setting,
  execution: Omit<LaneOptions, 'device'>,
  step: Omit<TimeStepRequest, 'task' | 'placement'>,
  workerUrl: URL,
): Promise<EngineTime> {
  const { engine, device, threads, atOnce } = setting
  const lanes = planLanes({ ...execution, device }).lanes.slice(0, atOnce)
  const pool = createPool({ workerUrl, lanes, stallSeconds })
  try {
    const request = { task: 'time step', ...step, placement: { engine, device, threads } } as const
    const times = await Promise.all(lanes.map(() => pool.ask(request)))
    const sorted = times.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other)
    return { ...setting, milliseconds: sorted[sorted.length >> 1]! }
  } catch (error) {
    return { ...setting, milliseconds: null, problem: (error as Error).message }
  } finally {
    await pool.close()
  }
}
