// Trials of objectives on features as one group: each ends as it would alone, and the teacher is computed once.
import type { LogitsArtifact } from '@retort/schema/artifact'
import type { TrialEvent } from '@retort/schema/messages'
import type { EpochRecord } from '@retort/schema/metrics'
import type { ResolvedObjective, TrialConfig } from '@retort/schema/trial'
import { beforeAll, describe, expect, it } from 'vitest'
import { printGraph } from '../../orchestrator/src/engine/graph/print.ts'
import { groupTrace } from '../../orchestrator/src/engine/group/groupTrace.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { activate } from '../../orchestrator/src/engine/record/kernels.ts'
import { trace } from '../../orchestrator/src/engine/record/trace.ts'
import { plan } from '../../orchestrator/src/engine/session/compile.ts'
import { timeGroup } from '../../orchestrator/src/trial/timeGroup.ts'
import { draw } from '../../orchestrator/src/trial/workbench.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import {
  cnn,
  config,
  digits,
  expectDone,
  hashOf,
  logitsFrom,
  mlp,
  placement,
  request,
  run,
  sgd,
  softTargets,
  temporaryFolder,
  together,
  weightsOf,
} from './fixture.ts'

const folder = temporaryFolder()
const dataset = digits({ train: 330, validation: 100, test: 100 })

// Batch norm, whose moving statistics differ from a batch's.
const teachers = { cnn: cnn({ filters: [6, 12], batchNorm: true }), mlp: mlp({ hidden: [24] }) }
const students = { cnn: cnn({ activation: 'tanh' }), mlp: mlp({ activation: 'tanh' }) }
type Known = { logits: LogitsArtifact; weights: string }
const known = {} as Record<keyof typeof teachers, Known>

beforeAll(async () => {
  for (const [name, architecture] of Object.entries(teachers)) {
    const given = config({ role: 'teacher', dataset, architecture, training: { epochs: 1 } })
    const done = expectDone((await run(request(folder, name, given))).result)
    known[name as keyof typeof teachers] = {
      logits: await logitsFrom(folder, given, done),
      weights: hashOf(done, 'weights'),
    }
  }
})

const pair = (student: string, teacher = student) => [{ student, teacher }] as [{ student: string; teacher: string }]

interface Case {
  teacher: keyof typeof teachers
  student: keyof typeof students
  objective: ResolvedObjective[]
}

const hints: Case = {
  teacher: 'cnn',
  student: 'cnn',
  objective: [{ type: 'hints', weight: 1, layers: pair('conv2_tanh', 'conv2_relu') }],
}
const cases: Record<string, Case> = {
  hints,
  'hints of dense layers beside soft targets': {
    teacher: 'mlp',
    student: 'mlp',
    objective: [...softTargets, { type: 'hints', weight: 1, layers: pair('dense1_tanh', 'dense1_relu') }],
  },
  'attention-transfer of maps of one size': {
    teacher: 'cnn',
    student: 'cnn',
    objective: [{ type: 'attention-transfer', weight: 100, layers: pair('conv1_tanh', 'conv1_relu'), resize: 'map' }],
  },
  'attention-transfer of maps of two sizes': {
    teacher: 'cnn',
    student: 'cnn',
    objective: [{ type: 'attention-transfer', weight: 100, layers: pair('conv1_tanh', 'conv2_relu'), resize: 'map' }],
  },
  'attention-transfer of pooled features': {
    teacher: 'cnn',
    student: 'cnn',
    objective: [
      { type: 'attention-transfer', weight: 100, layers: pair('conv1_tanh', 'conv2_relu'), resize: 'features' },
    ],
  },
  'similarity-preserving': {
    teacher: 'cnn',
    student: 'cnn',
    objective: [{ type: 'similarity-preserving', weight: 10, layers: pair('conv2_pool') }],
  },
  'rkd-distance': {
    teacher: 'cnn',
    student: 'mlp',
    objective: [{ type: 'rkd-distance', weight: 1, layers: pair('dense1', 'conv2_pool') }],
  },
  'rkd-angle': {
    teacher: 'mlp',
    student: 'cnn',
    objective: [{ type: 'rkd-angle', weight: 1, layers: pair('logits', 'dense1') }],
  },
}

const taught = ({ student, objective }: Case, seed: number, soft: number): TrialConfig =>
  config({
    dataset,
    seed,
    architecture: students[student],
    // Slow, since the larger of two pixels that are equal but for rounding is another one in a group.
    training: { epochs: 2, batchSize: 32, optimizer: sgd({ learningRate: 0.005 }) },
    distillation: { teacher: 'teacher', objective, temperature: 4, weights: { hard: 1, soft } },
  })

const requestOf = (name: string, given: Case, seed: number, soft: number) => {
  const { logits, weights } = known[given.teacher]
  return request(folder, name, taught(given, seed, soft), logits, { architecture: teachers[given.teacher], weights })
}

const losses = (events: TrialEvent[]) =>
  events
    .flatMap((event) => (event.type === 'epoch' ? [event.record] : []))
    .flatMap(({ trainLoss, hardLoss, softLoss, validationLoss }: EpochRecord) => [
      trainLoss,
      hardLoss,
      softLoss!,
      validationLoss,
    ])

const length = (values: number[]) => Math.hypot(...values)

/** How far they are apart, over the length of the others. */
function distance(these: Float32Array, others: Float32Array): number {
  expect(these.length).toBe(others.length)
  return length([...these].map((value, place) => value - others[place]!)) / length([...others])
}

describe('each member ends as it does alone', () => {
  const seeds = { 'of one seed': [1, 1, 1], 'of several seeds': [1, 2, 1] }
  const all = Object.entries(cases).flatMap(([name, each]) =>
    Object.entries(seeds).map(([which, seed]) => [`${name}, ${which}`, each, seed] as const),
  )
  it.each(all)('%s', async (name, each, seed) => {
    const soft = [0.5, 1, 2]
    const requestsOf = (way: string) =>
      soft.map((weight, member) => requestOf(`${name} ${way} ${member}`, each, seed[member]!, weight))
    const { results, events } = await together(requestsOf('together'))
    for (const [member, alone] of requestsOf('alone').entries()) {
      const { result, events: expected } = await run(alone)
      expect(distance(weightsOf(folder, results[member]!), weightsOf(folder, result))).toBeLessThan(1e-4)
      for (const [place, loss] of losses(expected).entries()) {
        expect(Math.abs(losses(events[member]!)[place]! / loss - 1)).toBeLessThan(1e-4)
      }
    }
    expect(distance(weightsOf(folder, results[0]!), weightsOf(folder, results[1]!))).toBeGreaterThan(1e-3)
  })
})

it.each([true, false])('they are timed with a teacher of the architecture that theirs has', async (sameSeed) => {
  const asked = { task: 'time group', placement, artifacts: folder, members: 3, sameSeed } as const
  const given = { config: taught(hints, 1, 1), teacher: teachers.cnn }
  const timed = await timeGroup({ ...asked, ...given }, openWorkshop(openEngine))
  expect(timed).toMatchObject({ alone: expect.any(Number), together: expect.any(Number), problem: null })
})

it('one that diverges leaves the group, and the others go on as before', async () => {
  const diverging = requestOf('diverging', hints, 1, 1)
  diverging.config.training.optimizer.learningRate = 1e30
  const { results } = await together([requestOf('first', hints, 1, 1), diverging, requestOf('third', hints, 1, 2)])
  expect(results[1]).toMatchObject({ outcome: 'diverged', epoch: 1 })
  const without = await together([requestOf('first without', hints, 1, 1), requestOf('third without', hints, 1, 2)])
  expect(weightsOf(folder, results[0]!)).toEqual(weightsOf(folder, without.results[0]!))
  expect(weightsOf(folder, results[2]!)).toEqual(weightsOf(folder, without.results[1]!))
})

describe('a checkpoint, with the objectives’ own weights in it,', () => {
  const interrupted = { outcome: 'interrupted' }

  it('of a group is gone on from together to the same bits, and alone', async () => {
    const requestsOf = (name: string) => [1, 2].map((soft) => requestOf(`${name} ${soft}`, hints, 1, soft))
    const whole = await together(requestsOf('whole'))
    expect((await together(requestsOf('stopped'), 13)).results).toEqual([interrupted, interrupted])
    const { results, events } = await together(requestsOf('stopped'))
    expect(events.map(([first]) => first)).toMatchObject([
      { type: 'started', resumedFrom: { epoch: 1, step: 3 } },
      { type: 'started', resumedFrom: { epoch: 1, step: 3 } },
    ])
    for (const [member, result] of results.entries())
      expect(weightsOf(folder, result)).toEqual(weightsOf(folder, whole.results[member]!))

    await together(requestsOf('left'), 13)
    const alone = await run(requestsOf('left')[1]!)
    expect(alone.events[0]).toMatchObject({ resumedFrom: { epoch: 1, step: 3 } })
    expect(distance(weightsOf(folder, alone.result), weightsOf(folder, whole.results[1]!))).toBeLessThan(1e-4)
  })

  it('of trials alone is gone on from together', async () => {
    const requestsOf = (name: string) => [1, 2].map((soft) => requestOf(`${name} ${soft}`, hints, 1, soft))
    for (const each of requestsOf('apart')) expect((await run(each, 13)).result).toEqual(interrupted)
    const { results, events } = await together(requestsOf('apart'))
    for (const [member, each] of requestsOf('never stopped').entries()) {
      expect(events[member]![0]).toMatchObject({ resumedFrom: { epoch: 1, step: 3 } })
      const { result } = await run(each)
      expect(distance(weightsOf(folder, results[member]!), weightsOf(folder, result))).toBeLessThan(1e-4)
    }
  })
})

describe('the graph of a group', () => {
  async function linesOf(sameSeed: boolean) {
    const engine = await openEngine(placement)
    const { feed, common, dispose } = draw(
      {
        architecture: students.cnn,
        optimizer: sgd(),
        batchSize: 8,
        labelLoss: { type: 'cross-entropy' },
        objective: [{ type: 'similarity-preserving', weight: 1, layers: pair('conv2_pool') }],
        teacher: teachers.cnn,
        data: { inputShape: [28, 28, 1], vocabulary: null, padding: null, labelShape: [], classes: 10 },
      },
      engine,
    )
    const traced = trace(await activate(), feed.program.step, feed.program.inputs)
    const grouped = groupTrace(traced, 5, new Set(sameSeed ? feed.batchInputs : []), new Set(common))
    const lines = printGraph(plan(grouped).graph).split('\n')
    dispose()
    await engine.close()
    return lines
  }
  const giving = (lines: string[], shape: string) =>
    lines.filter((line) => new RegExp(`^%\\d+: float32\\[${shape}\\] = Conv\\(`).test(line))

  it('has the teacher’s convolutions once for members of one seed, and its weights always', async () => {
    const same = await linesOf(true)
    expect([giving(same, '8,6,28,28').length, giving(same, '8,12,14,14').length]).toEqual([1, 1])
    const different = await linesOf(false)
    expect([giving(different, '8,6,28,28').length, giving(different, '8,12,14,14').length]).toEqual([0, 0])
    expect([giving(different, '40,6,28,28').length, giving(different, '40,12,14,14').length]).toEqual([1, 1])
    for (const lines of [same, different]) {
      const read = lines.filter((line) => line.startsWith('variable '))
      expect(read.filter((line) => line.endsWith(': float32[3,3,6,12]'))).toHaveLength(1)
      // The student's, with what the optimizer remembers of them.
      expect(read.filter((line) => line.endsWith(': float32[5,3,3,4,8]'))).toHaveLength(2)
    }
  })
})
