// Where samples lie on the device and losses are added up there, trials end as where each step is given its batch and
// gives its own losses.
import { readFileSync } from 'node:fs'
import { artifactPath } from '@retort/schema/artifact'
import type { TrialEvent } from '@retort/schema/messages'
import type { EpochRecord } from '@retort/schema/metrics'
import { describe, expect, it } from 'vitest'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { runGroup } from '../../orchestrator/src/trial/runGroup.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import {
  config,
  type Done,
  digits,
  expectDone,
  hashOf,
  logitsFrom,
  mlp,
  request,
  run,
  sgd,
  softTargets,
  temporaryFolder,
} from './fixture.ts'

const folder = temporaryFolder()
/** The engine on the CPU as if it were on a GPU: losses are added up, weights are updated as one. */
const asOnGpu = () => openWorkshop(async (placement) => ({ ...(await openEngine(placement)), device: 'webgpu' }))

/** 41 steps an epoch, of which the losses are read after 16, 32 and 41. */
const given = config({
  dataset: digits({ train: 330, validation: 100, test: 100 }),
  architecture: mlp({ activation: 'tanh', dropout: 0.2 }),
  training: { epochs: 2, batchSize: 8, optimizer: sgd({ learningRate: 0.005, weightDecay: 1e-3 }) },
})

/** Taught by one that is trained on the same digits, without those of class 3. */
async function taught() {
  const teacher = config({ ...given, role: 'teacher', training: { ...given.training, epochs: 1 } })
  const done = expectDone((await run(request(folder, 'teacher', teacher))).result)
  const logits = await logitsFrom(folder, teacher, done)
  const distillation = { teacher: 'teacher', objective: softTargets, temperature: 3, weights: { hard: 0.4, soft: 0.6 } }
  return { logits, given: { ...given, distillation, training: { ...given.training, omitClasses: [3] } } }
}

const records = (events: TrialEvent[]): EpochRecord[] =>
  events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []))
const untimed = (events: TrialEvent[]) =>
  records(events).map((record) => ({ ...record, seconds: 0, imagesPerSecond: 0 }))

function weightsOf(done: Done): Float32Array {
  const bytes = readFileSync(artifactPath(folder, hashOf(done, 'weights')))
  return new Float32Array(Uint8Array.from(bytes).buffer)
}

function expectClose(one: ArrayLike<number>, other: ArrayLike<number>): void {
  expect(one.length).toBe(other.length)
  for (let place = 0; place < one.length; place++) expect(one[place]).toBeCloseTo(other[place]!, 4)
}

describe('losses added up on the device', () => {
  it('have the mean of those of each step, and train the same weights', async () => {
    const each = await run(request(folder, 'each', given))
    const sums = await run(request(folder, 'sums', given), undefined, asOnGpu())
    for (const [epoch, { trainLoss, hardLoss, softLoss }] of records(each.events).entries()) {
      const record = records(sums.events)[epoch]!
      expectClose([record.trainLoss, record.hardLoss], [trainLoss, hardLoss])
      expect(record.softLoss).toBe(softLoss)
    }
    expectClose(weightsOf(expectDone(sums.result)), weightsOf(expectDone(each.result)))
  })

  it('of one student after the other, on other digits and taught, are their own', async () => {
    const workshop = asOnGpu()
    const { given: student, logits } = await taught()
    const other = { ...given, dataset: digits({ train: 330, validation: 100, test: 100, seed: 5 }) }
    const requests = [
      request(folder, 'first', given),
      request(folder, 'student', student, logits),
      request(folder, 'other', other),
      request(folder, 'student again', student, logits),
    ]
    for (const each of requests) {
      const onGpu = await run(each, undefined, workshop)
      const alone = await run({ ...each, trial: `${each.trial} alone`, checkpoint: `${each.checkpoint} alone` })
      const all = (events: TrialEvent[]) =>
        records(events).flatMap(({ trainLoss, hardLoss, softLoss }) => [trainLoss, hardLoss, softLoss ?? 0])
      expectClose(all(onGpu.events), all(alone.events))
      expectClose(weightsOf(expectDone(onGpu.result)), weightsOf(expectDone(alone.result)))
    }
  })

  it('of a trial that was stopped go on to the same bits', async () => {
    const whole = await run(request(folder, 'whole', given), undefined, asOnGpu())
    const parts = request(folder, 'parts', given)
    expect((await run(parts, 2, asOnGpu())).result).toEqual({ outcome: 'interrupted' })
    expect((await run(parts, 2, asOnGpu())).result).toEqual({ outcome: 'interrupted' })
    const last = await run(parts, undefined, asOnGpu())
    const started = last.events.find((event) => event.type === 'started')
    expect(started).toMatchObject({ resumedFrom: { epoch: 1, step: 16 } })
    expect(untimed(last.events)).toEqual(untimed(whole.events))
    expect(hashOf(expectDone(last.result), 'weights')).toBe(hashOf(expectDone(whole.result), 'weights'))
  })

  it('that diverge say in which steps, and leave nothing to the next trial', async () => {
    const workshop = asOnGpu()
    const training = { ...given.training, optimizer: sgd({ learningRate: 1e20 }) }
    const bad = { ...given, architecture: mlp(), training }
    const { result } = await run(request(folder, 'bad', bad), undefined, workshop)
    expect(result).toMatchObject({ outcome: 'diverged', epoch: 1, step: 16 })
    expect((result as { reason: string }).reason).toMatch(
      /^the sum of the losses of steps 1 to 16 of epoch 1 is (NaN|Infinity)$/,
    )
    const next = await run(request(folder, 'next', given), undefined, workshop)
    const fresh = await run(request(folder, 'fresh', given), undefined, asOnGpu())
    expect(untimed(next.events)).toEqual(untimed(fresh.events))
  })

  it('are each member’s own in a group, whose checkpoints trials alone go on from', async () => {
    const seeds = [1, 2].map((seed) => ({ ...given, seed }))
    const together = async (names: string[], stopAfter = Number.POSITIVE_INFINITY) => {
      const events: TrialEvent[][] = names.map(() => [])
      const channelOf = (member: number) => {
        let asked = 0
        return {
          emit: (event: TrialEvent) => void events[member]!.push(structuredClone(event)),
          stopRequested: () => ++asked > stopAfter,
        }
      }
      const requests = names.map((name, member) => request(folder, name, seeds[member]!))
      return { results: await runGroup(requests, channelOf, asOnGpu()), events }
    }
    const whole = await together(['member 1', 'member 2'])
    for (const [member, seed] of seeds.entries()) {
      const alone = await run(request(folder, `alone ${member}`, seed), undefined, asOnGpu())
      const losses = (events: TrialEvent[]) => records(events).map(({ trainLoss }) => trainLoss)
      expectClose(losses(whole.events[member]!), losses(alone.events))
      expectClose(weightsOf(expectDone(whole.results[member]!)), weightsOf(expectDone(alone.result)))
    }
    const stopped = await together(['stopped 1', 'stopped 2'], 2)
    expect(stopped.results).toEqual([{ outcome: 'interrupted' }, { outcome: 'interrupted' }])
    const gone = await run(request(folder, 'stopped 1', seeds[0]!), undefined, asOnGpu())
    expectClose(weightsOf(expectDone(gone.result)), weightsOf(expectDone(whole.results[0]!)))
  })
})
