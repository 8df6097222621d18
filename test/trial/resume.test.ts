// A trial that was stopped or killed and went on ends with the same weights, bit for bit, as one that was not.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EpochRecord, TrialConfig, TrialEvent } from '@retort/schema/trial'
import { describe, expect, it } from 'vitest'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { runTrial } from '../../orchestrator/src/trial/runTrial.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import {
  adam,
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

  it('killed in mid-epoch goes on from the last epoch, and sends earlier records again as they were', async () => {
    const killed = request(folder, `${name} killed`, given)
    const before: TrialEvent[] = []
    let steps = 0
    const dying = {
      emit: (event: TrialEvent) => void before.push(event),
      stopRequested() {
        // Twelve steps are done: the second epoch's checkpoint is the last.
        if (++steps > 12) throw new Error('killed')
        return false
      },
    }
    expect(await runTrial(killed, dying, openWorkshop(openEngine))).toEqual({ outcome: 'failed', reason: 'killed' })
    const after = await run(killed)
    expect(resumedFrom(after.events)).toEqual({ epoch: 2, step: 0 })
    const records = (events: TrialEvent[]) => events.filter((event) => event.type === 'epoch')
    expect(records(after.events).slice(0, 2)).toEqual(records(before))
    const whole = expectDone((await run(request(folder, `${name} whole again`, given))).result)
    expect(hashOf(expectDone(after.result), 'weights')).toBe(hashOf(whole, 'weights'))
  })
})

describe('a finished trial whose result was lost', () => {
  it('trains nothing again', async () => {
    const given = request(folder, 'finished', cases[0]![1])
    const first = expectDone((await run(given)).result)
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

  it('of another trial is refused', async () => {
    await run(request(folder, 'owner', given), 2)
    const { checkpoint } = request(folder, 'owner', given)
    const { result } = await run({ ...request(folder, 'thief', given), checkpoint })
    const reason = `checkpoint ${join(folder, 'checkpoints', 'owner')} belongs to trial owner, expected thief`
    expect(result).toEqual({ outcome: 'failed', reason })
  })
})
