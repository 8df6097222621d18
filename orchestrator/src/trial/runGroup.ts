// Several trials of one architecture in one process, as one group where they can: none of them knows of the others.
import type { TrialRequest, TrialResult } from '@retort/schema/messages'
import { readCheckpoint } from './checkpoint.ts'
import { type GroupWorkbench, openGroupWorkbench } from './groupWorkbench.ts'
import { createPace } from './pace.ts'
import { runTrial } from './runTrial.ts'
import type { Channel } from './train.ts'
import { otherClasses, workbenchRequest } from './workbenchRequest.ts'
import type { Workshop } from './workshop.ts'

/**
 * @param requests of trials that differ in nothing but seed, temperature, loss weights, learning rate and schedule
 * @returns their results, in order; never rejects
 */
export async function runGroup(
  requests: TrialRequest[],
  channelOf: (member: number) => Channel,
  workshop: Workshop,
  pace = createPace(),
): Promise<TrialResult[]> {
  const parts = await standingTogether(requests)
  if (parts.length > 1) {
    const results: TrialResult[] = []
    for (const members of parts) {
      const some = members.map((member) => requests[member]!)
      const ended = await runGroup(some, (place) => channelOf(members[place]!), workshop)
      for (const [place, member] of members.entries()) results[member] = ended[place]!
    }
    return results
  }
  if (requests.length === 1) return [await runTrial(requests[0]!, channelOf(0), workshop, pace)]
  const opened = openFor(requests, workshop)
  const results = await Promise.all(
    requests.map(async (request, member) => {
      const workbench = async () => (await opened).members[member]!
      const result = await runTrial(request, channelOf(member), { ...workshop, workbench }, pace)
      await opened.then(
        ({ leave }) => leave(member),
        // It is the results of the members.
        () => {},
      )
      return result
    }),
  )
  await opened.then(
    ({ dispose }) => dispose(),
    () => {},
  )
  return results
}

async function openFor(requests: TrialRequest[], workshop: Workshop): Promise<GroupWorkbench> {
  const { config, placement, artifacts: folder, teacher, logits } = requests[0]!
  const data = await workshop.data(config.dataset, { folder })
  const engine = await workshop.engine(placement)
  const sameSeed = new Set(requests.map((request) => request.config.seed)).size === 1
  return openGroupWorkbench(engine, {
    ...workbenchRequest(config, teacher?.architecture ?? null, data, otherClasses(logits)),
    members: requests.length,
    sameSeed,
  })
}

/**
 * The members that start from the same step, as all do that were stopped together, and those before and after them that
 * were killed while their checkpoints were written.
 */
async function standingTogether(requests: TrialRequest[]): Promise<number[][]> {
  const places = await Promise.all(
    requests.map(async ({ checkpoint, trial, config }) => {
      const found = await readCheckpoint(checkpoint, trial, config.training.batchSize).catch(() => null)
      return found === null ? '' : `${found.records.length} ${found.step}`
    }),
  )
  return [...new Set(places)].map((place) => [...places.keys()].filter((member) => places[member] === place))
}
