// Settles where a sweep runs: "auto" becomes the fastest that works here, and what does not work here is an error.
import type { Experiment } from '@retort/schema/experiment'
import type { Placement } from '@retort/schema/messages'
import type { ProbeResult } from '@retort/schema/questions'
import type { Resolved } from '@retort/schema/resolved'
import { InputError } from '../errors/problem.ts'
import { planLanes } from '../executor/lanes.ts'
import type { Pool } from '../executor/pool.ts'
import type { ReadExperiment } from '../spec/read.ts'

/** @throws InputError where the engine or device that the file asks for does not work here, saying why */
export async function settlePlacement(
  read: ReadExperiment,
  ask: Pool['ask'],
): Promise<{ placement: Placement; lanes: ReturnType<typeof planLanes>['lanes'] }> {
  const { engine, device } = await settleEngine(read, ask)
  const { lanes, threads } = planLanes({ ...read.experiment.execution, device })
  return { placement: { engine, device, threads }, lanes }
}

async function settleEngine(read: ReadExperiment, ask: Pool['ask']) {
  const { engine, device } = read.experiment
  // Works wherever Retort installs, so it need not be tried.
  if (engine === 'onnx' && device === 'cpu') return { engine, device }
  const { engines } = await ask({ task: 'probe' })
  const asked = engines.filter((each) => matches(each, read.experiment))
  const found = asked.find(({ works }) => works)
  if (found !== undefined) return { engine: found.engine, device: found.device as 'cpu' | 'webgpu' | 'cuda' }
  const reasons = asked.map((each) => `${each.engine} on ${each.device}: ${each.detail}`)
  const message = `engine "${engine}" on device "${device}" does not work here${reasons.map((line) => `\n    ${line}`).join('')}`
  const expected = 'an engine and device that `retort doctor` finds working'
  throw new InputError([read.problem([engine === 'auto' ? 'device' : 'engine'], { expected, found: engine, message })])
}

const matches = (
  tried: ProbeResult['engines'][number],
  asked: Pick<Resolved<Experiment>, 'engine' | 'device'>,
): boolean =>
  (asked.engine === 'auto' || asked.engine === tried.engine) &&
  (asked.device === 'auto' || asked.device === tried.device)
