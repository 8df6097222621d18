// What a plan consists of, and in which order.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { InputError } from '@retort/orchestrator/errors/problem'
import { formula } from '@retort/orchestrator/plan/formula'
import { trialId } from '@retort/orchestrator/plan/identity'
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import { readExperiment } from '@retort/orchestrator/spec/read'
import type { TrialConfig } from '@retort/schema/trial'
import { describe, expect, it } from 'vitest'
import { readValue } from './arbitrary.ts'

const mlp = (...hidden: number[]) => ({ type: 'mlp', hidden })
const base = {
  name: 'small',
  description: 'What is it?',
  dataset: { type: 'mnist' },
  teachers: [
    { id: 'big', architecture: mlp(800) },
    { id: 'bigger', architecture: mlp(800, 800), seed: 7, training: { epochs: 9 } },
  ],
  students: [
    { id: 'tiny', architecture: mlp(8) },
    { id: 'small', architecture: mlp(32) },
  ],
  pairs: [
    { teacher: 'big', student: 'tiny' },
    { teacher: 'bigger', student: 'tiny' },
    { teacher: 'big', student: 'small' },
  ],
  temperatures: [1, 4],
  lossWeights: [{ hard: 0.5, soft: 0.5 }],
  seeds: [1, 2],
}

describe('a plan', () => {
  const read = readValue(base)
  const plan = makePlan(read)

  it('has teachers first, then each student’s trials, its baselines before its distilled ones', () => {
    const shown = plan.trials.map(({ role, model, teacher, config }) =>
      [role, model, teacher ?? '-', config.distillation?.temperature ?? '-', config.seed].join(' '),
    )
    expect(shown).toEqual([
      'teacher big - - 1',
      'teacher bigger - - 7',
      'baseline tiny - - 1',
      'baseline tiny - - 2',
      'student tiny big 1 1',
      'student tiny big 1 2',
      'student tiny big 4 1',
      'student tiny big 4 2',
      'student tiny bigger 1 1',
      'student tiny bigger 1 2',
      'student tiny bigger 4 1',
      'student tiny bigger 4 2',
      'baseline small - - 1',
      'baseline small - - 2',
      'student small big 1 1',
      'student small big 1 2',
      'student small big 4 1',
      'student small big 4 2',
    ])
  })

  it('says all of a distilled trial', () => {
    const [big, , , baseline, , second] = plan.trials
    expect(second).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      config: {
        role: 'student',
        dataset: read.experiment.dataset,
        architecture: { type: 'mlp', hidden: [8], activation: 'relu', dropout: 0 },
        training: read.experiment.training,
        seed: 2,
        distillation: {
          teacher: big!.id,
          objective: [{ type: 'soft-targets', weight: 1, standardise: false }],
          temperature: 1,
          weights: { hard: 0.5, soft: 0.5 },
        },
      },
      role: 'student',
      model: 'tiny',
      teacher: 'big',
      teacherTrial: big!.id,
      baselineTrial: baseline!.id,
      axes: {},
      configuration: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('says all of a teacher', () => {
    expect(plan.trials[1]).toMatchObject({
      config: { role: 'teacher', seed: 7, training: { epochs: 9 }, distillation: null },
      role: 'teacher',
      model: 'bigger',
      teacher: null,
      teacherTrial: null,
      baselineTrial: null,
    })
  })

  it('keeps what it was made from', () => {
    expect(plan).toMatchObject({ name: 'small', description: 'What is it?', source: base })
    expect(plan.experiment).toBe(read.experiment)
  })

  it('multiplies students and baselines by the axes, teachers not', () => {
    const sweep = { 'training.optimizer.learningRate': { values: [0.1, 0.2, 0.3] } }
    const { trials } = makePlan(readValue({ ...base, sweep }))
    const count = (role: string) => trials.filter((trial) => trial.role === role).length
    expect([count('teacher'), count('baseline'), count('student')]).toEqual([2, 2 * 3 * 2, 3 * 2 * 3 * 2])
    const taught = trials.find(
      ({ role, axes }) => role === 'student' && axes['training.optimizer.learningRate'] === 0.3,
    )!
    const alone = trials.find(({ id }) => id === taught.baselineTrial)!
    expect(alone.axes).toEqual(taught.axes)
    expect(alone.config).toEqual({ ...taught.config, distillation: null })
    expect(alone.config.training).toMatchObject({ optimizer: { learningRate: 0.3 } })
    expect(trials[0]?.config.training).toMatchObject({ optimizer: { learningRate: 0.001 } })
  })

  it('has no teacher where there is none, and no baseline where none is wanted', () => {
    const { teachers: _, pairs: __, ...alone } = base
    expect(makePlan(readValue(alone)).trials.map(({ role }) => role)).toEqual(Array(4).fill('baseline'))
    const { trials } = makePlan(readValue({ ...base, baselines: [] }))
    expect(trials.map(({ role }) => role)).toEqual(['teacher', 'teacher', ...Array(12).fill('student')])
    expect(trials.every(({ baselineTrial }) => baselineTrial === null)).toBe(true)
  })
})

describe('students that teach', () => {
  const shown = (changes: object) =>
    makePlan(readValue({ ...base, temperatures: [4], ...changes })).trials.map(({ role, model, teacher, config }) =>
      [role, model, ...(teacher === null ? [] : ['<-', teacher]), config.seed].join(' '),
    )

  it('are trained before whom they teach, and teach seed by seed what each of their teachers taught them', () => {
    const pairs = [
      { teacher: 'big', student: 'small' },
      { teacher: 'bigger', student: 'small' },
      { teacher: { student: 'small' }, student: 'tiny' },
    ]
    expect(shown({ pairs })).toEqual([
      'teacher big 1',
      'teacher bigger 7',
      'baseline small 1',
      'baseline small 2',
      'student small <- big 1',
      'student small <- big 2',
      'student small <- bigger 1',
      'student small <- bigger 2',
      'baseline tiny 1',
      'baseline tiny 2',
      'student tiny <- small <- big 1',
      'student tiny <- small <- big 2',
      'student tiny <- small <- bigger 1',
      'student tiny <- small <- bigger 2',
    ])
  })

  it('teach as baselines where nobody teaches them', () => {
    const { trials } = makePlan(
      readValue({ ...base, teachers: [], pairs: [{ teacher: { student: 'small' }, student: 'tiny' }] }),
    )
    const [learner] = trials.filter(({ role }) => role === 'student')
    expect(learner).toMatchObject({ model: 'tiny', teacher: 'small' })
    expect(trials.find(({ id }) => id === learner!.teacherTrial)).toMatchObject({ role: 'baseline', model: 'small' })
  })

  it('teach themselves, generation by generation, and others as the last', () => {
    const pairs = [
      { teacher: { student: 'small' }, student: 'small', generations: 2 },
      { teacher: { student: 'small' }, student: 'tiny' },
    ]
    expect(shown({ teachers: [], pairs, seeds: [1] })).toEqual([
      'baseline small 1',
      'student small <- small 1',
      'student small <- small <- small 1',
      'baseline tiny 1',
      'student tiny <- small <- small <- small 1',
    ])
    const taught = [{ teacher: 'big', student: 'tiny', generations: 3 }]
    expect(shown({ pairs: taught, seeds: [1] }).filter((line) => line.startsWith('student'))).toEqual([
      'student tiny <- big 1',
      'student tiny <- tiny <- big 1',
      'student tiny <- tiny <- tiny <- big 1',
    ])
  })

  it('are matched by the axes that both have, and their own are kept', () => {
    const students = [
      { id: 'tiny', architecture: { type: 'mlp', hidden: [8] } },
      { id: 'small', architecture: { type: 'cnn', filters: [4] } },
    ]
    const sweep = {
      'training.epochs': { values: [1, 2] },
      'architecture.kernelSize': { values: [3, 5] },
    }
    const pairs = [
      { teacher: 'big', student: 'small' },
      { teacher: { student: 'small' }, student: 'tiny' },
    ]
    const { trials } = makePlan(
      readValue({ ...base, students, sweep, pairs, seeds: [1], temperatures: [1], baselines: [] }),
    )
    const learners = trials.filter(({ model }) => model === 'tiny')
    expect(learners.map(({ axes }) => axes)).toEqual([
      { 'training.epochs': 1, 'architecture.kernelSize': 3 },
      { 'training.epochs': 1, 'architecture.kernelSize': 5 },
      { 'training.epochs': 2, 'architecture.kernelSize': 3 },
      { 'training.epochs': 2, 'architecture.kernelSize': 5 },
    ])
    for (const { axes, teacherTrial, config } of learners) {
      const teacher = trials.find(({ id }) => id === teacherTrial)!
      expect(teacher.axes).toEqual(axes)
      expect(teacher.config.architecture).toMatchObject({ kernelSize: axes['architecture.kernelSize'] })
      expect(config.training.epochs).toBe(axes['training.epochs'])
    }
  })

  it('do not become other trials by teaching', () => {
    const pairs = [{ teacher: 'big', student: 'small' }]
    const before = makePlan(readValue({ ...base, baselines: ['scratch'], pairs })).trials.map(({ id }) => id)
    const more = [...pairs, { teacher: { student: 'small' }, student: 'tiny' }]
    const after = new Set(makePlan(readValue({ ...base, pairs: more })).trials.map(({ id }) => id))
    expect(before.filter((id) => !after.has(id))).toEqual([])
  })
})

describe('a trial’s id', () => {
  const { id, ...trial } = makePlan(readValue(base)).trials[4]!
  const config = trial.config as TrialConfig

  it('is the SHA-256 of the configuration as canonical JSON', () => {
    const canonical =
      '{"architecture":{"activation":"relu","dropout":0,"hidden":[8],"type":"mlp"},' +
      '"dataset":{"augmentation":"none","split":{"seed":0,"test":"all","train":"rest","validation":5000},"type":"mnist"},' +
      '"distillation":{"objective":[{"standardise":false,"type":"soft-targets","weight":1}],' +
      `"teacher":"${config.distillation?.teacher}","temperature":1,"weights":{"hard":0.5,"soft":0.5}},` +
      '"role":"student","seed":1,' +
      '"training":{"batchSize":128,"correctBias":false,"epochs":3,"keep":"last","labelLoss":{"type":"cross-entropy"},"omitClasses":[],' +
      '"optimizer":{"beta1":0.9,"beta2":0.999,"epsilon":1e-8,"learningRate":0.001,"type":"adam","weightDecay":0},' +
      '"outOfMemory":"fail",' +
      '"schedule":{"type":"constant","warmupEpochs":0}}}'
    expect(id).toBe(createHash('sha256').update(canonical).digest('hex'))
    expect(trialId(config)).toBe(id)
  })

  it('differs where anything that is computed differs', () => {
    const others = [
      { ...config, role: 'teacher' as const },
      { ...config, seed: 2 },
      { ...config, training: { ...config.training, epochs: 4 } },
      { ...config, training: { ...config.training, omitClasses: [3] } },
      { ...config, training: { ...config.training, correctBias: true } },
      { ...config, training: { ...config.training, outOfMemory: 'halve-batch' as const } },
      { ...config, training: { ...config.training, keep: 'best' as const } },
      { ...config, architecture: { ...config.architecture, dropout: 0.5 } },
      { ...config, distillation: { ...config.distillation!, temperature: 2 } },
      { ...config, distillation: { ...config.distillation!, teacher: 'f'.repeat(64) } },
      { ...config, distillation: null },
    ]
    expect(new Set([config, ...others].map(trialId)).size).toBe(others.length + 1)
  })

  it('does not see a setting of an objective that came later, where it is as it was', () => {
    const attention = { type: 'attention-transfer' as const, weight: 1, layers: [{ student: 'a', teacher: 'b' }] }
    const idOf = (objective: object) =>
      trialId({ ...config, distillation: { ...config.distillation!, objective: [objective as never] } })
    expect(idOf({ ...attention, resize: 'map' })).toBe(idOf(attention))
    expect(idOf({ ...attention, resize: 'features' })).not.toBe(idOf(attention))
  })

  it('stays what it was: results of earlier nights are found by it', () => {
    expect(id).toBe('4f83f5da9861b245c7a4697efafc1c715ec8ddd12bc02a97ac2bdc1337c00261')
  })
})

describe('a large grid', () => {
  const many = (length: number) => Array.from({ length }, (_, index) => index + 1)

  it('is refused by the product, without being built', () => {
    const { source, experiment } = readValue(base)
    const huge = { ...experiment, seeds: many(1_000_000), pairs: 'all' as const }
    const refused = (() => {
      try {
        return makePlan({ source, experiment: huge })
      } catch (error) {
        return error
      }
    })()
    expect(refused).toBeInstanceOf(InputError)
    expect((refused as InputError).message).toBe(
      'execution.maximumTrials: expected at most 1,000,000 trials, got ' +
        '2 teachers + 2 students x 1,000,000 seeds x (1 baseline + 2 teachers x 2 temperatures x 1 loss weight) ' +
        '= 10,000,002 trials; raise execution.maximumTrials to allow it',
    )
  })

  it('of students that differ is told by its parts', () => {
    const { source, experiment } = readValue(base)
    expect(() => makePlan({ source, experiment: { ...experiment, seeds: many(500_000) } })).toThrow(
      '2 teachers + 1,000,000 baselines + 3,000,000 distilled students = 4,000,002 trials',
    )
  })

  it('of 100,000 trials in chains is built, too', () => {
    const students = many(10).map((hidden) => ({ id: `s${hidden}`, architecture: mlp(hidden) }))
    const pairs = many(10).map((at) => ({ teacher: at === 1 ? 'big' : { student: `s${at - 1}` }, student: `s${at}` }))
    const sweep = { 'training.optimizer.learningRate': { values: many(1000).map((at) => at / 1000) } }
    const { trials } = makePlan(readValue({ ...base, students, pairs, sweep, seeds: many(5), temperatures: [1] }))
    expect(trials).toHaveLength(2 + 10 * 1000 * 5 * 2)
    expect(new Set(trials.map(({ id }) => id)).size).toBe(trials.length)
  })

  it('of 100,000 trials is built, and every id once', () => {
    const { trials } = makePlan(readValue({ ...base, pairs: 'all', temperatures: many(25), seeds: many(1000) }))
    expect(trials).toHaveLength(2 + 2 * 1000 * (1 + 2 * 25))
    expect(new Set(trials.map(({ id }) => id)).size).toBe(trials.length)
  })
})

describe('the formula', () => {
  const of = (changes: object) => formula(readValue({ ...base, ...changes }).experiment)

  it('states direction, temperature factor, reduction and values', () => {
    const lossWeights = [
      { hard: 0.5, soft: 0.5 },
      { hard: 0.1, soft: 0.9 },
    ]
    expect(of({ temperatures: [1, 2, 4], lossWeights })).toBe(
      'loss = w_hard * CE(y, z_s) + w_soft * T^2 * KL(softmax(z_t / T) || softmax(z_s / T)), mean over the batch; ' +
        'T in {1, 2, 4}, (w_hard, w_soft) in {(0.5, 0.5), (0.1, 0.9)}; ' +
        'teachers and baselines: loss = CE(y, z_s), mean over the batch',
    )
  })

  it('is that of teaching where only students teach', () => {
    const pairs = [{ teacher: { student: 'tiny' }, student: 'tiny' }]
    expect(of({ teachers: [], pairs })).toMatch(/^loss = w_hard .*KL/)
  })

  it('is that of the labels where nothing is distilled', () => {
    expect(of({ teachers: [], pairs: 'all' })).toBe('loss = CE(y, z_s), mean over the batch')
  })
})

describe('experiments/mnist-quickstart.json', () => {
  const { trials } = makePlan(readExperiment(join(import.meta.dirname, '../../experiments/mnist-quickstart.json')))
  const models = (role: string) => new Set(trials.filter((trial) => trial.role === role).map(({ model }) => model))

  it('has at least 24 trials: a teacher, three students with their baselines, temperatures and loss weights', () => {
    expect(trials.length).toBeGreaterThanOrEqual(24)
    expect(models('teacher').size).toBe(1)
    expect(models('student').size).toBe(3)
    expect(models('baseline')).toEqual(models('student'))
    const values = (of: (distillation: NonNullable<(typeof trials)[0]['config']['distillation']>) => unknown) =>
      new Set(
        trials.flatMap(({ config }) => (config.distillation === null ? [] : [JSON.stringify(of(config.distillation))])),
      )
    expect(values(({ temperature }) => temperature).size).toBeGreaterThanOrEqual(3)
    expect(values(({ weights }) => weights).size).toBe(2)
  })
})

describe('experiments/mnist-assistants.json', () => {
  const { trials } = makePlan(readExperiment(join(import.meta.dirname, '../../experiments/mnist-assistants.json')))

  it('has students that learn from teachers, an ensemble, an assistant and themselves', () => {
    expect(new Set(trials.flatMap(({ model, teacher }) => (model === 'tiny' && teacher ? [teacher] : [])))).toEqual(
      new Set(['cnn', 'tiny <- cnn', 'both', 'assistant <- cnn', 'tiny', 'tiny <- tiny', 'tiny <- tiny <- tiny']),
    )
  })
})
