// Trials that cannot end well say so: the reason is data.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { LogitsArtifact } from '@retort/schema/artifact'
import { artifactPath } from '@retort/schema/artifact'
import type { TrialConfig } from '@retort/schema/trial'
import { beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { classify } from '../../orchestrator/src/trial/failure.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import {
  adam,
  cnn,
  config,
  digits,
  expectDone,
  logitsFrom,
  mlp,
  request,
  run,
  sgd,
  softTargets,
  temporaryFolder,
} from './fixture.ts'

const folder = temporaryFolder()

describe('a learning rate that is far too high', () => {
  it.each([
    ['mlp', mlp(), sgd({ learningRate: 1e6 })],
    ['cnn', cnn(), sgd({ learningRate: 1e8 })],
    ['mlp under Adam', mlp(), adam({ learningRate: 1e30 })],
  ])('ends %s as diverged, at once', async (name, architecture, optimizer) => {
    const { result, events } = await run(request(folder, name, config({ architecture, training: { optimizer } })))
    expect(result).toMatchObject({ outcome: 'diverged', epoch: 1 })
    const { step, reason } = result as Extract<typeof result, { outcome: 'diverged' }>
    expect(step).toBeLessThan(10)
    expect(reason).toMatch(/^the (loss of step \d+ of|validation loss after) epoch 1 is (NaN|Infinity|-Infinity)$/)
    expect(events.filter(({ type }) => type === 'epoch')).toEqual([])
  })

  it('leaves the worker fit for the next trial', async () => {
    const workshop = openWorkshop(openEngine)
    const bad = config({ training: { optimizer: sgd({ learningRate: 1e6 }) } })
    expect((await run(request(folder, 'bad', bad), undefined, workshop)).result.outcome).toBe('diverged')
    const good = await run(request(folder, 'good', config({ training: { optimizer: sgd() } })), undefined, workshop)
    expect(expectDone(good.result).metrics.testAccuracy).toBeGreaterThan(0.5)
  })
})

describe('a batch larger than the training split', () => {
  it('fails with both values', async () => {
    const { result } = await run(request(folder, 'batch', config({ training: { batchSize: 641 } })))
    expect(result).toEqual({
      outcome: 'failed',
      reason: "training.batchSize: expected at most the training split's 640 samples, got 641",
    })
  })
})

describe('the teacher’s logits are refused', () => {
  const split = { train: 128, validation: 50, test: 60 }
  const student = (changes: Partial<TrialConfig> = {}) =>
    config({
      dataset: digits(split),
      distillation: {
        objective: softTargets,
        teacher: 'teacher',
        temperature: 2,
        weights: { hard: 0.5, soft: 0.5 },
      },
      ...changes,
      training: { epochs: 1 },
    })
  let logits: LogitsArtifact

  beforeAll(async () => {
    const teacher = config({ role: 'teacher', dataset: digits(split), training: { epochs: 1 } })
    logits = await logitsFrom(folder, teacher, expectDone((await run(request(folder, 'teacher', teacher))).result))
  })

  const reasonOf = async (given: TrialConfig, read: LogitsArtifact | null) => {
    const { result, events } = await run(request(folder, 'student', given, read))
    expect(result.outcome).toBe('failed')
    expect(events).toEqual([])
    return (result as { reason: string }).reason
  }

  it('when there are none', async () => {
    expect(await reasonOf(student(), null)).toBe('expected the logits of teacher teacher, got none')
  })

  it('when the data have changed since', async () => {
    const other = student({ dataset: digits({ ...split, seed: 1 }) })
    expect(await reasonOf(other, logits)).toMatch(
      /are stale: expected key [0-9a-f]{64}, got [0-9a-f]{64}; they were computed on data [0-9a-f]{64}, this is [0-9a-f]{64}/,
    )
  })

  it('when they are of other samples or classes', async () => {
    const other = student({ dataset: digits({ ...split, test: 61 }) })
    expect(await reasonOf(other, logits)).toMatch(/expected testSamples 61 as in the data, got 60/)
    expect(await reasonOf(student(), { ...logits, classes: 9 })).toMatch(/expected classes 10 as in the data, got 9/)
  })

  it('when their key is another teacher’s', async () => {
    expect(await reasonOf(student(), { ...logits, key: '0'.repeat(64) })).toMatch(/are stale: expected key 0{64}/)
  })

  it('when the file is damaged, cut short or gone', async () => {
    const path = artifactPath(folder, logits.artifact)
    const whole = readFileSync(path)
    const damaged = Buffer.from(whole)
    damaged[1234] = damaged[1234]! ^ 1
    writeFileSync(path, damaged)
    expect(await reasonOf(student(), logits)).toMatch(/artifact .* is damaged: expected SHA-256 .*, got/)
    writeFileSync(path, whole.subarray(0, -4))
    expect(await reasonOf(student(), logits)).toMatch(/artifact .* is damaged/)
    rmSync(path)
    expect(await reasonOf(student(), logits)).toMatch(/cannot read artifact .*ENOENT/)
    writeFileSync(path, whole)
    expectDone((await run(request(folder, 'student', student(), logits))).result)
  })
})

describe('an error is told apart', () => {
  it.each([
    ['std::bad_alloc', 'out of memory'],
    ['CUDA failure 2: out of memory', 'out of memory'],
    ['Array buffer allocation failed', 'out of memory'],
    ['OOM when allocating tensor', 'out of memory'],
    ['CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED', 'out of memory'],
    ['vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY', 'out of memory'],
    ['ResourceExhausted: failed', 'out of memory'],
    ['the bathroom is full', 'failed'],
  ])('%s: %s', (message, outcome) => {
    expect(classify(new Error(message))).toEqual({ outcome, reason: message })
  })

  it.each([
    ['Failed to allocate memory for requested buffer of size 17179869184', 'it needed 17.2 GB at once: '],
    [
      'Available memory of 4194304 is smaller than requested bytes of 33554432',
      'it needed 33.6 MB at once and there were 4.19 MB: ',
    ],
    [
      'Buffer size (4294967296) exceeds the max buffer size limit (2147483648).',
      'it needed 4.29 GB at once and there were 2.15 GB: ',
    ],
    [
      'OOM when allocating tensor with shape[128,64,28,28] and type float on /job:localhost/replica:0/task:0/device:GPU:0',
      'it needed 25.7 MB at once: ',
    ],
  ])('what memory was needed, and what there was, as far as it tells: %s', (message, found) => {
    expect(classify(new Error(message))).toEqual({ outcome: 'out of memory', reason: `${found}${message}` })
  })

  it('an error of the program comes with its place', () => {
    const { reason } = classify(new TypeError('x is not a function')) as { reason: string }
    expect(reason).toMatch(/^TypeError: x is not a function\n\s+at .*failures\.test\.ts/)
  })
})
