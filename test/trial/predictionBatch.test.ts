// How many samples are predicted at once changes no result, and where memory is short for so many the trial says so.
import { readFileSync } from 'node:fs'
import { artifactPath } from '@retort/schema/artifact'
import type { Placement } from '@retort/schema/messages'
import type { GivenConfig, TrialConfig } from '@retort/schema/trial'
import { beforeAll, expect, it } from 'vitest'
import type { Engine } from '../../orchestrator/src/engine/engine.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { evaluateGiven } from '../../orchestrator/src/trial/given/evaluate.ts'
import { runLogits } from '../../orchestrator/src/trial/runLogits.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import { cnn, config, type Done, expectDone, hashOf, placement, request, run, temporaryFolder } from './fixture.ts'

const folder = temporaryFolder()
const workshop = openWorkshop(openEngine)
const silent = { emit: () => {}, stopRequested: () => false }

/** How many samples each forward pass was of. */
let passes: number[] = []

/** An engine whose memory is short for a forward pass of more than 90 samples. */
async function openNarrow(where: Placement): Promise<Engine> {
  const engine = await openEngine(where)
  const compile: Engine['compile'] = async (step, inputs) => {
    const { run, dispose } = await engine.compile(step, inputs)
    if ('labels' in inputs) return { run, dispose }
    const samples = inputs.images!.shape[0]!
    return {
      async run(values) {
        passes.push(samples)
        if (samples > 90) throw new Error('std::bad_alloc')
        return run(values)
      },
      dispose,
    }
  }
  return { ...engine, compile }
}

const trained = config({ architecture: cnn({ batchNorm: true }), training: { epochs: 1 } })
let whole: Done
beforeAll(async () => {
  whole = expectDone((await run(request(folder, 'whole', trained), undefined, workshop)).result)
})

/** A teacher that is known by the ONNX file that the trial has left. */
const given = (): GivenConfig => {
  const file = artifactPath(folder, hashOf(whole, 'onnx'))
  const sha256 = hashOf(whole, 'onnx')
  const settings = { inputLayout: null, output: null, gives: 'logits', normalisation: null, tokenizer: null } as const
  const architecture = { type: 'onnx', file, path: file, sha256, ...settings } as const
  return { role: 'given', dataset: trained.dataset, architecture, training: { epochs: 0 }, seed: 0, distillation: null }
}

async function logitsOf(of: TrialConfig | GivenConfig, predictionBatch?: number) {
  const weights = of.role === 'given' ? null : hashOf(whole, 'weights')
  const common = { trial: 'any', config: of, placement, artifacts: folder, weights, members: [] }
  const asked = predictionBatch === undefined ? {} : { predictionBatch }
  const result = await runLogits({ task: 'logits', ...common, ...asked }, silent, workshop)
  if (result.outcome !== 'computed') throw new Error(JSON.stringify(result))
  const bytes = readFileSync(artifactPath(folder, result.logits.artifact))
  return { key: result.logits.key, numbers: new Float32Array(Uint8Array.from(bytes.subarray(0, -64)).buffer) }
}

it.each([1, 7, 90])('%i samples at once give the logits that 500 give, under the same key', async (samples) => {
  for (const of of [trained, given()]) {
    const usual = await logitsOf(of)
    const few = await logitsOf(of, samples)
    expect(few.key).toBe(usual.key)
    expect(few.numbers.length).toBe(usual.numbers.length)
    const furthest = few.numbers.reduce((most, value, at) => Math.max(most, Math.abs(value - usual.numbers[at]!)), 0)
    expect(furthest).toBeLessThan(1e-4)
  }
})

it('a trial whose memory is too short for so many tells how many they were', async () => {
  passes = []
  const { result } = await run(request(folder, 'short', trained), undefined, openWorkshop(openNarrow))
  expect(result).toEqual({ outcome: 'out of memory', reason: 'std::bad_alloc', predictionBatch: 500 })
  expect(passes).toEqual([500])
})

it('with as many as there is room for it goes on where it was, to the same weights', async () => {
  const asked = { ...request(folder, 'short', trained), predictionBatch: 90 }
  passes = []
  const { result, events } = await run(asked, undefined, openWorkshop(openNarrow))
  const done = expectDone(result)
  expect(new Set(passes)).toEqual(new Set([90]))
  // Ten steps an epoch, none of which is taken again.
  expect(events[0]).toMatchObject({ type: 'started', resumedFrom: { epoch: 0, step: 10 } })
  expect(hashOf(done, 'weights')).toBe(hashOf(whole, 'weights'))
  expect(done.metrics.perClass).toEqual(whole.metrics.perClass)
  expect(done.metrics.testLoss).toBeCloseTo(whole.metrics.testLoss, 4)
})

it('the computing of logits tells it, too', async () => {
  const common = { config: trained, placement, artifacts: folder, weights: hashOf(whole, 'weights'), members: [] }
  const asked = { task: 'logits', trial: 'any', ...common } as const
  const short = await runLogits(asked, silent, openWorkshop(openNarrow))
  expect(short).toEqual({ outcome: 'out of memory', reason: 'std::bad_alloc', predictionBatch: 500 })
  passes = []
  const few = await runLogits({ ...asked, predictionBatch: 62 }, silent, openWorkshop(openNarrow))
  expect(few).toMatchObject({ outcome: 'computed' })
  expect(new Set(passes)).toEqual(new Set([62]))
})

it('a given teacher is measured the same by few at once', async () => {
  const common = { trial: 'any', config: given(), placement, artifacts: folder, members: [] }
  const measured = async (predictionBatch?: number) => {
    const asked = predictionBatch === undefined ? {} : { predictionBatch }
    const result = await evaluateGiven({ task: 'evaluate', ...common, ...asked }, silent, workshop)
    if (result.outcome !== 'done') throw new Error(JSON.stringify(result))
    return result.metrics
  }
  const [usual, few] = [await measured(), await measured(13)]
  expect(few.perClass).toEqual(usual.perClass)
  expect(few.testLoss).toBeCloseTo(usual.testLoss!, 4)
})

it('what is short of memory elsewhere says nothing of predictions', async () => {
  const open = async (where: Placement): Promise<Engine> => {
    const engine = await openEngine(where)
    const compile: Engine['compile'] = async (step, inputs) => {
      const compiled = await engine.compile(step, inputs)
      const run = async () => {
        throw new Error('std::bad_alloc')
      }
      return 'labels' in inputs ? { ...compiled, run } : compiled
    }
    return { ...engine, compile }
  }
  const { result } = await run(request(folder, 'training', trained), undefined, openWorkshop(open))
  expect(result).toEqual({ outcome: 'out of memory', reason: 'std::bad_alloc' })
})
