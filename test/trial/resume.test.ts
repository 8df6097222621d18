// A trial that was stopped or killed and went on ends with the same weights, bit for bit, as one that was not.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { artifactPath } from '@retort/schema/artifact'
import type { TrialEvent } from '@retort/schema/messages'
import type { EpochRecord } from '@retort/schema/metrics'
import type { TrialConfig } from '@retort/schema/trial'
import { describe, expect, it } from 'vitest'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { readCheckpoint } from '../../orchestrator/src/trial/checkpoint.ts'
import { runTrial } from '../../orchestrator/src/trial/runTrial.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import {
  adam,
  after,
  cnn,
  config,
  digits,
  expectDone,
  hashOf,
  mlp,
  request,
  resnet,
  run,
  sgd,
  temporaryFolder,
} from './fixture.ts'

const folder = temporaryFolder()
const dataset = digits({ train: 330, validation: 100, test: 100 })
const training = { epochs: 3, batchSize: 64, schedule: { type: 'cosine', warmupEpochs: 1, finalFraction: 0 } } as const

/** Five steps an epoch, three epochs. */
const cases: [string, TrialConfig][] = [
  [
    'an MLP with dropout and AdamW',
    config({
      dataset,
      architecture: mlp({ dropout: 0.4 }),
      training: { ...training, optimizer: { ...adam(), type: 'adamw', weightDecay: 0.01 } as never },
    }),
  ],
  [
    'a CNN with batch norm, dropout and Adam',
    config({
      dataset,
      architecture: cnn({ batchNorm: true, dropout: 0.3 }),
      training: { ...training, optimizer: adam() },
    }),
  ],
  [
    'a ResNet with Nesterov momentum and weight decay',
    config({
      dataset,
      architecture: resnet(),
      training: { ...training, optimizer: sgd({ nesterov: true, weightDecay: 1e-3 }) },
    }),
  ],
]

const everyEpoch = after(() => true)

/** Without how long it took. */
const untimed = (events: TrialEvent[]): Partial<EpochRecord>[] =>
  events.flatMap((event) => (event.type === 'epoch' ? [{ ...event.record, seconds: 0, imagesPerSecond: 0 }] : []))

const resumedFrom = (events: TrialEvent[]) =>
  events.flatMap((event) => (event.type === 'started' ? [event.resumedFrom] : []))[0]

describe.each(cases)('%s', (name, given) => {
  it('stopped in mid-epoch, twice', async () => {
    const whole = await run(request(folder, `${name} whole`, given))
    const parts = request(folder, `${name} in parts`, given)
    const first = await run(parts, 3)
    expect(first.result).toEqual({ outcome: 'interrupted' })
    const second = await run(parts, 5)
    expect(second.result).toEqual({ outcome: 'interrupted' })
    expect(resumedFrom(second.events)).toEqual({ epoch: 0, step: 3 })
    const third = await run(parts)
    expect(resumedFrom(third.events)).toEqual({ epoch: 1, step: 3 })

    expect(untimed(third.events)).toEqual(untimed(whole.events))
    const [one, other] = [expectDone(whole.result), expectDone(third.result)]
    expect(hashOf(other, 'weights')).toBe(hashOf(one, 'weights'))
    expect(hashOf(other, 'onnx')).toBe(hashOf(one, 'onnx'))
    expect({ ...other.metrics, trainSeconds: 0 }).toEqual({ ...one.metrics, trainSeconds: 0 })
  })

  it.each([
    ['the last epoch', [1, 2], 2],
    ['the epoch before, after which a checkpoint was written', [1], 1],
    ['the start, where none was', [], 0],
  ])('killed in mid-epoch goes on from %s, and sends earlier records again as they were', async (_, written, last) => {
    const killed = request(folder, `${name} killed ${last}`, given)
    const before: TrialEvent[] = []
    let steps = 0
    const dying = {
      emit: (event: TrialEvent) => void before.push(event),
      stopRequested() {
        // Twelve steps are done, two epochs and two steps.
        if (++steps > 12) throw new Error('killed')
        return false
      },
    }
    const pace = after((epoch) => written.includes(epoch))
    const failed = await runTrial(killed, dying, openWorkshop(openEngine), pace)
    expect(failed).toEqual({ outcome: 'failed', reason: 'killed' })
    const next = await run(killed)
    expect(resumedFrom(next.events)).toEqual(last === 0 ? null : { epoch: last, step: 0 })
    const records = (events: TrialEvent[]) => events.filter((event) => event.type === 'epoch')
    expect(records(before)).toHaveLength(2)
    expect(records(next.events).slice(0, last)).toEqual(records(before).slice(0, last))
    // Those that were trained again differ in nothing but how long it took.
    expect(untimed(next.events).slice(0, 2)).toEqual(untimed(before))
    const whole = expectDone((await run(request(folder, `${name} whole again ${last}`, given))).result)
    expect(hashOf(expectDone(next.result), 'weights')).toBe(hashOf(whole, 'weights'))
  })
})

describe('the best epoch’s weights', () => {
  // So high a rate that accuracy does not only rise.
  const rate = { optimizer: sgd({ learningRate: 0.3, momentum: 0.9 }), epochs: 6 }
  const best = (seed: number, keep: 'best' | 'last' = 'best') =>
    config({ dataset, seed, architecture: mlp({ dropout: 0.3 }), training: { ...training, ...rate, keep } })
  const accuracies = (events: TrialEvent[]) =>
    events.flatMap((event) => (event.type === 'epoch' ? [event.record.validationAccuracy] : []))

  it('are those that the trial had after that epoch', async () => {
    let early = 0
    for (const seed of [1, 2, 3, 4]) {
      const { result, events } = await run(request(folder, `best ${seed}`, best(seed)))
      const { metrics } = expectDone(result)
      const found = accuracies(events)
      expect(metrics.keptEpoch).toBe(found.indexOf(Math.max(...found)) + 1)
      expect(metrics.validationAccuracy).toBe(Math.max(...found))
      const last = await run(request(folder, `last ${seed}`, best(seed, 'last')))
      expect(expectDone(last.result).metrics).toMatchObject({ keptEpoch: 6, validationAccuracy: found.at(-1) })
      if (metrics.keptEpoch === 6) continue
      early++
      // The same schedule cut off after the best epoch leaves the very same weights in its checkpoint.
      const cut = request(folder, `cut ${seed}`, best(seed, 'last'))
      await run(cut, 5 * metrics.keptEpoch)
      const { variables } = (await readCheckpoint(cut.checkpoint, cut.trial, training.batchSize))!
      const weights = readFileSync(artifactPath(folder, hashOf(expectDone(result), 'weights')))
      const expected = Buffer.concat(
        variables.slice(0, 4).map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
      )
      expect(weights.equals(expected)).toBe(true)
      expect(hashOf(expectDone(last.result), 'weights')).not.toBe(hashOf(expectDone(result), 'weights'))
    }
    expect(early).toBeGreaterThan(0)
  })

  it.each([7, 18, 26, 29])('outlive a stop after %i steps', async (steps) => {
    for (const seed of [1, 2]) {
      const whole = expectDone((await run(request(folder, `best whole ${steps} ${seed}`, best(seed)))).result)
      const parts = request(folder, `best parts ${steps} ${seed}`, best(seed))
      expect((await run(parts, steps)).result).toEqual({ outcome: 'interrupted' })
      const resumed = expectDone((await run(parts, Number.POSITIVE_INFINITY, undefined, everyEpoch)).result)
      expect(hashOf(resumed, 'weights')).toBe(hashOf(whole, 'weights'))
      expect({ ...resumed.metrics, trainSeconds: 0 }).toEqual({ ...whole.metrics, trainSeconds: 0 })
      // All epochs are done, and the result was lost.
      const again = expectDone((await run(parts, 0)).result)
      expect(again.metrics).toEqual(resumed.metrics)
    }
  })
})

describe('a finished trial whose result was lost', () => {
  it('trains nothing again where its last epoch was written', async () => {
    const given = request(folder, 'finished', cases[0]![1])
    const first = expectDone((await run(given, Number.POSITIVE_INFINITY, undefined, everyEpoch)).result)
    const again = await run(given, 0)
    expect(resumedFrom(again.events)).toEqual({ epoch: 3, step: 0 })
    expect(expectDone(again.result)).toEqual(first)
  })
})

describe('a checkpoint', () => {
  const given = cases[0]![1]

  it('is not written before there is something to save', async () => {
    const { checkpoint } = request(folder, 'new', given)
    expect(existsSync(checkpoint)).toBe(false)
    expect((await run(request(folder, 'new', given), 0)).result).toEqual({ outcome: 'interrupted' })
    expect(existsSync(checkpoint)).toBe(true)
  })

  it('that is damaged is refused by its name, not used', async () => {
    const { checkpoint } = request(folder, 'damaged', given)
    await run(request(folder, 'damaged', given), 2)
    const bytes = readFileSync(checkpoint)
    bytes[bytes.length - 100] = bytes[bytes.length - 100]! ^ 1
    writeFileSync(checkpoint, bytes)
    const { result } = await run(request(folder, 'damaged', given))
    expect(result).toMatchObject({ outcome: 'failed' })
    expect((result as { reason: string }).reason).toMatch(
      /checkpoint .*damaged is damaged: expected SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}/,
    )
  })

  it('of another batch size is passed over: its epochs have other steps', async () => {
    const smaller = { ...given, training: { ...given.training, batchSize: 32 } }
    await run(request(folder, 'halved', given), 7)
    const { result, events } = await run(request(folder, 'halved', smaller))
    expect(resumedFrom(events)).toBeNull()
    const whole = await run(request(folder, 'small from the start', smaller))
    expect(hashOf(expectDone(result), 'weights')).toBe(hashOf(expectDone(whole.result), 'weights'))
    expect(untimed(events)).toEqual(untimed(whole.events))
    // Stopped and halved again, it goes on from what it wrote itself.
    await run(request(folder, 'stopped', given), 7)
    await run(request(folder, 'stopped', smaller), 12)
    const again = await run(request(folder, 'stopped', smaller))
    expect(resumedFrom(again.events)).toEqual({ epoch: 1, step: 2 })
    expect(hashOf(expectDone(again.result), 'weights')).toBe(hashOf(expectDone(whole.result), 'weights'))
  })

  it('of another trial is refused', async () => {
    await run(request(folder, 'owner', given), 2)
    const { checkpoint } = request(folder, 'owner', given)
    const { result } = await run({ ...request(folder, 'thief', given), checkpoint })
    const reason = `checkpoint ${join(folder, 'checkpoints', 'owner')} belongs to trial owner, expected thief`
    expect(result).toEqual({ outcome: 'failed', reason })
  })
})
