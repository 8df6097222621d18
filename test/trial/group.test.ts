// Trials of a group end as each would alone, and none of them disturbs another.

import type { LogitsArtifact } from '@retort/schema/artifact'
import type { TrialEvent, TrialResult } from '@retort/schema/messages'
import type { ResolvedAugmentation, ResolvedObjective, TrialConfig } from '@retort/schema/trial'
import { beforeAll, expect, it } from 'vitest'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { createPace } from '../../orchestrator/src/trial/pace.ts'
import { runGroup } from '../../orchestrator/src/trial/runGroup.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import {
  adam,
  config,
  digits,
  expectDone,
  hashOf,
  logitsFrom,
  mlp,
  request,
  resnet,
  run,
  sgd,
  softTargets,
  temporaryFolder,
  together,
  weightsOf,
} from './fixture.ts'

const folder = temporaryFolder()
const workshop = openWorkshop(openEngine)
let logits: LogitsArtifact | null
beforeAll(async () => {
  const given = config({ role: 'teacher', training: { epochs: 1 } })
  logits = await logitsFrom(folder, given, expectDone((await run(request(folder, 'teacher', given))).result))
})

const student = (temperature: number, hard: number, changes: Parameters<typeof config>[0] = {}): TrialConfig =>
  config({
    ...changes,
    distillation: {
      objective: softTargets,
      teacher: 'teacher',
      temperature,
      weights: { hard, soft: 1 - hard },
    },
  })

const learningRate = (rate: number) => ({ training: { optimizer: adam({ learningRate: rate }) } })

const blends: ResolvedAugmentation = {
  steps: [
    { type: 'shift', pixels: 1 },
    { type: 'mixup', alpha: 0.5 },
  ],
  views: 2,
  for: 'all',
  seed: 0,
}

const requestsOf = (prefix: string, trials: TrialConfig[]) =>
  trials.map((given, index) => request(folder, `${prefix} ${index}`, given, given.distillation && logits))

function expectSame(one: TrialResult, other: TrialResult, tolerance: number): void {
  const [a, b] = [weightsOf(folder, one), weightsOf(folder, other)]
  expect(a.length).toBe(b.length)
  expect(a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)).toBeLessThanOrEqual(tolerance)
  const [ours, theirs] = [expectDone(one).metrics, expectDone(other).metrics]
  expect(Math.abs(ours.validationLoss - theirs.validationLoss)).toBeLessThanOrEqual(10 * tolerance)
  expect(Math.abs(ours.testAccuracy - theirs.testAccuracy)).toBeLessThanOrEqual(1 / 300)
}

// Without what enlarges rounding errors: Adam on the zero gradients before a batch norm, and maxima of equal pixels.
it.each<[string, TrialConfig[]]>([
  [
    'temperatures, loss weights and learning rates of an MLP with dropout',
    [
      student(1, 0.5, { architecture: mlp({ dropout: 0.2 }) }),
      student(4, 0.5, { architecture: mlp({ dropout: 0.2 }) }),
      student(4, 0.1, { architecture: mlp({ dropout: 0.2 }), ...learningRate(0.001) }),
    ],
  ],
  [
    'temperatures of an MLP taught by the likeliest and by sorted predictions',
    [1, 4].map((temperature) => {
      const taught = student(temperature, 0.5, { architecture: mlp({ activation: 'tanh' }) })
      const objective: ResolvedObjective[] = [
        { type: 'top-k', weight: 1, k: 3 },
        { type: 'uld', weight: 1 },
      ]
      return { ...taught, distillation: { ...taught.distillation!, objective } }
    }),
  ],
  [
    'seeds of an MLP without a teacher',
    [1, 2].map((seed) => config({ seed, architecture: mlp({ activation: 'tanh' }) })),
  ],
  [
    'learning rates of an MLP on augmented digits',
    [0.003, 0.001].map((rate) => {
      const augmentation = { steps: [{ type: 'shift' as const, pixels: 2 }], views: 2, for: 'all' as const, seed: 0 }
      return config({ ...learningRate(rate), dataset: { ...digits(), augmentation } })
    }),
  ],
  [
    'learning rates of an MLP on blended digits',
    [0.003, 0.001].map((rate) => config({ ...learningRate(rate), dataset: { ...digits(), augmentation: blends } })),
  ],
  [
    'seeds of an MLP on blended digits, with a label loss of its own',
    [1, 2, 3].map((seed) =>
      config({
        seed,
        architecture: mlp({ activation: 'tanh' }),
        dataset: { ...digits(), augmentation: blends },
        training: { labelLoss: { type: 'tf-kd', alpha: 0.5, correct: 0.95, temperature: 4 } },
      }),
    ),
  ],
  [
    'seeds of an MLP that keep their best epochs',
    [1, 2, 3].map((seed) =>
      config({
        seed,
        architecture: mlp({ activation: 'tanh' }),
        training: { epochs: 4, optimizer: sgd({ learningRate: 0.2 }), keep: 'best' },
      }),
    ),
  ],
  [
    'seeds of a ResNet',
    [3, 0].map((seed) => student(2, 0.5, { seed, architecture: resnet(), training: { epochs: 1, optimizer: sgd() } })),
  ],
])('%s', async (name, trials) => {
  const { results, events } = await together(requestsOf(name, trials))
  for (const [member, result] of results.entries()) {
    const alone = await run(
      request(folder, `${name} alone ${member}`, trials[member]!, trials[member]!.distillation && logits),
    )
    expectSame(result, alone.result, 1e-4)
    expect(expectDone(result).metrics.keptEpoch).toBe(expectDone(alone.result).metrics.keptEpoch)
    expect(events[member]!.map(({ type }) => type).filter((type) => type !== 'progress')).toEqual(
      alone.events.map(({ type }) => type).filter((type) => type !== 'progress'),
    )
  }
  expect(hashOf(expectDone(results[0]!), 'weights')).not.toBe(hashOf(expectDone(results[1]!), 'weights'))
})

it('one that diverges leaves the group, and the others go on as before', async () => {
  const trials = [student(1, 0.5), student(1, 0.5, learningRate(1e30)), student(8, 0.5)]
  const { results } = await together(requestsOf('diverging', trials))
  expect(results[1]).toMatchObject({ outcome: 'diverged', epoch: 1 })
  const without = await together(requestsOf('not diverging', [trials[0]!, trials[2]!]))
  expectSame(results[0]!, without.results[0]!, 0)
  expectSame(results[2]!, without.results[1]!, 0)
})

it('one that fails at its start is not waited for', async () => {
  const requests = requestsOf('failing', [student(1, 0.5), student(2, 0.5)])
  requests[1]!.logits = null
  const { results } = await together(requests)
  expectDone(results[0]!)
  expect(results[1]).toMatchObject({ outcome: 'failed', reason: 'expected the logits of teacher teacher, got none' })
})

it('stopped together they go on together, to the same bits, and alone as well', async () => {
  const trials = [student(1, 0.5), student(4, 0.5)]
  const whole = await together(requestsOf('whole', trials))
  const requests = requestsOf('stopped', trials)
  const stopped = await together(requests, 13)
  expect(stopped.results).toEqual([{ outcome: 'interrupted' }, { outcome: 'interrupted' }])
  const resumed = await together(requests)
  expect(resumed.events.map(([first]) => first)).toMatchObject([
    { type: 'started', resumedFrom: { epoch: 1, step: 3 } },
    { type: 'started', resumedFrom: { epoch: 1, step: 3 } },
  ])
  for (const [member, result] of resumed.results.entries()) expectSame(result, whole.results[member]!, 0)

  const apart = requestsOf('apart', trials)
  await together(apart, 13)
  const first = await run(apart[0]!)
  expectSame(first.result, whole.results[0]!, 1e-4)
})

it('of those that stand at different steps the ones at the same step run together, part after part', async () => {
  const trials = [student(1, 0.5), student(2, 0.5), student(4, 0.5)]
  const whole = await together(requestsOf('in step', trials))
  const requests = requestsOf('parts', trials)
  // As if killed when two of three had written the first epoch's checkpoint.
  await together([requests[0]!, requests[2]!], 10)
  const order: number[] = []
  const channelOf = (member: number) => ({
    emit: ({ type }: TrialEvent) => void (type === 'epoch' && order.push(member)),
    stopRequested: () => false,
  })
  const results = await runGroup(requests, channelOf, workshop)
  for (const [member, result] of results.entries()) await expectSame(result, whole.results[member]!, 1e-4)
  // The record of the epoch that was done comes again first.
  expect([order.slice(0, 2).toSorted(), order.slice(2, 4).toSorted(), order.slice(4)]).toEqual([
    [0, 2],
    [0, 2],
    [1, 1],
  ])
})

it('all write their checkpoints after the same epochs, however long each takes, and go on together from there', async () => {
  const trials = [student(1, 0.5), student(2, 0.5), student(4, 0.5)].map((trial) => ({
    ...trial,
    training: { ...trial.training, epochs: 4 },
  }))
  const whole = await together(requestsOf('unpaced', trials))
  // A clock that goes on whenever anybody looks: by their own clocks the members would differ.
  let time = 0
  const pace = createPace(() => ++time)
  const asked: [number, boolean][] = []
  const heard = {
    due: (epoch: number) => {
      const due = pace.due(epoch)
      asked.push([epoch, due])
      return due
    },
    wrote: () => pace.wrote(0.04),
  }
  const requests = requestsOf('paced', trials)
  const channelOf = () => {
    let steps = 0
    return {
      emit: () => {},
      stopRequested() {
        if (++steps > 35) throw new Error('killed')
        return false
      },
    }
  }
  const killed = await runGroup(requests, channelOf, workshop, heard)
  expect(killed).toEqual(trials.map(() => ({ outcome: 'failed', reason: 'killed' })))
  const answers = [1, 2, 3].map((epoch) => asked.flatMap(([of, due]) => (of === epoch ? [due] : [])))
  for (const [each, ...others] of answers) expect(others).toEqual([each, each])
  expect(answers.map(([due]) => due)).toEqual([true, false, true])
  // Only the second epoch's was left out; without the third's all would stand at the first.
  const resumed = await together(requests)
  for (const [first] of resumed.events) expect(first).toMatchObject({ type: 'started', resumedFrom: { epoch: 3 } })
  for (const [member, result] of resumed.results.entries()) await expectSame(result, whole.results[member]!, 0)
})

it('those that stand at different steps run one after the other', async () => {
  const requests = requestsOf('uneven', [student(1, 0.5), student(4, 0.5)])
  await run(requests[0]!, 4)
  const { results, events } = await together(requests)
  for (const result of results) expectDone(result)
  expect(events.map(([first]) => first)).toMatchObject([{ resumedFrom: { epoch: 0, step: 4 } }, { resumedFrom: null }])
})
