// One compiled step serves all trials of its shape, and nothing of one trial leaks into the next.
import type { Placement } from '@retort/schema/messages'
import type { TrialConfig } from '@retort/schema/trial'
import { expect, it } from 'vitest'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { workbenchKey } from '../../orchestrator/src/trial/workbenchRequest.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import {
  adam,
  cnn,
  config,
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
const dataset = digits({ train: 128, validation: 50, test: 60 })
const base = {
  data: { inputShape: [28, 28, 1], vocabulary: null, padding: null, labelShape: [], classes: 10 },
  batchSize: 64,
  labelLoss: { type: 'cross-entropy' as const },
  objective: softTargets,
  teacher: null,
}

it('serves other temperatures, weights, rates, schedules and seeds without compiling', async () => {
  let compiled = 0
  const open = async (placement: Placement) => {
    const engine = await openEngine(placement)
    const compile: typeof engine.compile = (step, inputs) => {
      compiled++
      return engine.compile(step, inputs)
    }
    return { ...engine, compile }
  }
  const workshop = openWorkshop(open)
  const architecture = cnn({ batchNorm: true, dropout: 0.2 })
  const teaching = config({ role: 'teacher', dataset, training: { epochs: 1 } })
  const teacher = await run(request(folder, 'teacher', teaching))
  const logits = await logitsFrom(folder, teaching, expectDone(teacher.result))
  const student = (temperature: number, hard: number, seed: number, learningRate: number): TrialConfig =>
    config({
      dataset,
      architecture,
      seed,
      distillation: {
        objective: softTargets,
        teacher: 'teacher',
        temperature,
        weights: { hard, soft: 1 - hard },
      },
      training: {
        epochs: 1,
        optimizer: adam({ learningRate }),
        schedule: { type: 'cosine', warmupEpochs: 0, finalFraction: 0 },
      },
    })
  const trials = [student(1, 0.5, 1, 1e-3), student(8, 0, 2, 3e-3), student(4, 1, 3, 1e-4)]
  const shared: string[] = []
  for (const [index, given] of trials.entries()) {
    shared.push(
      hashOf(
        expectDone((await run(request(folder, `shared${index}`, given, logits), undefined, workshop)).result),
        'weights',
      ),
    )
  }
  // One training step and one forward pass.
  expect(compiled).toBe(2)
  const alone: string[] = []
  for (const [index, given] of trials.entries()) {
    alone.push(hashOf(expectDone((await run(request(folder, `alone${index}`, given, logits))).result), 'weights'))
  }
  expect(shared).toEqual(alone)
  expect(new Set(shared).size).toBe(3)
})

it('is found by what changes the code, not by values', () => {
  const key = (changes = {}) => workbenchKey({ ...base, architecture: mlp(), optimizer: adam(), ...changes })
  expect(key({ optimizer: adam({ learningRate: 1, beta1: 0.5, epsilon: 1 }) })).toBe(key())
  expect(key({ objective: [{ ...softTargets[0]!, weight: 2 }] })).toBe(key())
  const others = [
    { architecture: mlp({ hidden: [33] }) },
    { architecture: mlp({ dropout: 0.1 }) },
    { optimizer: adam({ weightDecay: 0.1 }) },
    { optimizer: sgd() },
    { optimizer: sgd({ nesterov: true }) },
    { optimizer: sgd({ momentum: 0 }) },
    { batchSize: 32 },
    { objective: null },
    { objective: [{ type: 'soft-targets' as const, weight: 1, standardise: true }] },
    {
      teacher: mlp(),
      objective: [{ type: 'rkd-angle' as const, weight: 1, layers: [{ student: 'dense1', teacher: 'dense1' }] }],
    },
    { labelLoss: { type: 'label-smoothing' as const, epsilon: 0.1 } },
    { mixed: true },
    ...[{ inputShape: [14, 14, 1] }, { vocabulary: 7 }, { padding: 0 }, { labelShape: [28] }, { classes: 9 }].map(
      (change) => ({
        data: { inputShape: [28, 28, 1], vocabulary: null, padding: null, labelShape: [], classes: 10, ...change },
      }),
    ),
  ].map(key)
  expect(new Set([key(), ...others]).size).toBe(others.length + 1)
})
