// Several trials of one architecture in one process, as one group where they can: none of them knows of the others.
import type { TrialRequest, TrialResult } from '@retort/schema/trial'
import { readCheckpoint } from './checkpoint.ts'
import { type GroupWorkbench, openGroupWorkbench } from './groupWorkbench.ts'
import { runTrial } from './runTrial.ts'
import type { Channel } from './train.ts'
import { otherClasses, workbenchRequest } from './workbench.ts'
import type { Workshop } from './workshop.ts'

/**
 * @param requests of trials that differ in nothing but seed, temperature, loss weights, learning rate and schedule
 * @returns their results, in order; never rejects
 */
export async function runGroup(
  requests: TrialRequest[],
  channelOf: (member: number) => Channel,
  workshop: Workshop,
): Promise<TrialResult[]> {
  if (!(await standTogether(requests))) {
    const results: TrialResult[] = []
    for (const [member, request] of requests.entries())
      results.push(await runTrial(request, channelOf(member), workshop))
    return results
  }
  const opened = openFor(requests, workshop)
  const results = await Promise.all(
    requests.map(async (request, member) => {
      const workbench = async () => (await opened).members[member]!
      const result = await runTrial(request, channelOf(member), { ...workshop, workbench })
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

/** Whether all start from the same step, as those do that were stopped together. */
async function standTogether(requests: TrialRequest[]): Promise<boolean> {
  const places = await Promise.all(
    requests.map(async ({ checkpoint, trial, config }) => {
      const found = await readCheckpoint(checkpoint, trial, config.training.batchSize).catch(() => null)
      return found === null ? '' : `${found.records.length} ${found.step}`
    }),
  )
  return new Set(places).size === 1
}
