// Where mixup may stand, what does not go with it, and what a plan says of it.
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import { describe, expect, it } from 'vitest'
import { readValue } from '../plan/arbitrary.ts'
import { complaints, experimentWith } from './complaints.ts'

const mixup = { type: 'mixup', alpha: 0.2 }
const mnist = (steps: object[] = [{ type: 'flip' }, mixup], models = 'all') => ({
  type: 'mnist',
  augmentation: { steps, for: models },
})
const mlp = (...hidden: number[]) => ({ type: 'mlp', hidden })
const student = (training: object) => ({ id: 'tiny', architecture: mlp(32), training })
const teacher = (training: object) => ({ id: 'big', architecture: mlp(800), training })
const refusals = (changes: object) =>
  complaints(experimentWith({ dataset: mnist(), ...changes })).map((complaint) => complaint.replace(/^\d+:\d+ {2}/, ''))

describe('the step', () => {
  it('has a default and stands last', () => {
    expect(refusals({})).toEqual([])
    const { experiment } = readValue({
      name: 'small',
      dataset: mnist([{ type: 'mixup' }]),
      students: [{ id: 'tiny', architecture: mlp(8) }],
    })
    expect(experiment.dataset).toMatchObject({ augmentation: { steps: [{ type: 'mixup', alpha: 0.2 }] } })
  })

  it.each<[object[], string[]]>([
    [[mixup, { type: 'flip' }], ['steps[0]: expected "mixup" once, as the last step, got "mixup" before "flip"']],
    [[mixup, mixup], ['steps[0]: expected "mixup" once, as the last step, got "mixup" before "mixup"']],
    [
      [mixup, { type: 'flip' }, { ...mixup, alpha: 1 }, { type: 'noise', deviation: 0.1 }],
      [
        'steps[0]: expected "mixup" once, as the last step, got "mixup" before "flip"',
        'steps[2]: expected "mixup" once, as the last step, got "mixup" before "noise"',
      ],
    ],
    [[{ ...mixup, alpha: 0 }], ['steps[0].alpha: expected a number above 0, got 0']],
    [[{ ...mixup, alpha: '1' }], ['steps[0].alpha: expected a number above 0, got "1"']],
    [[{ ...mixup, beta: 1 }], ['steps[0].beta: unknown name "beta"; expected "type" or "alpha"']],
  ])('%j is told of at its place', (steps, expected) => {
    expect(refusals({ dataset: mnist(steps) })).toEqual(expected.map((text) => `dataset.augmentation.${text}`))
  })
})

describe('classes left out', () => {
  const refused = (place: string, list: string) =>
    `${place}: expected [] beside "mixup", which blends samples of all classes, got ${list}`

  it.each<[object, string[]]>([
    [{ students: [student({ omitClasses: [3] })] }, [refused('students[0].training.omitClasses', '[3]')]],
    [{ teachers: [teacher({ omitClasses: [3, 4] })] }, [refused('teachers[0].training.omitClasses', '[3,4]')]],
    [{ training: { omitClasses: [3] } }, [refused('training.omitClasses', '[3]')]],
    [
      { sweep: { 'training.omitClasses': { values: [[], [3], [5]] } } },
      [1, 2].map((at) => refused(`sweep["training.omitClasses"].values[${at}]`, at === 1 ? '[3]' : '[5]')),
    ],
    [{ training: { omitClasses: [3] }, teachers: [], students: [student({ omitClasses: [] })] }, []],
  ])('%j', (changes, expected) => {
    expect(refusals(changes)).toEqual(expected)
  })

  it('are fine for those who see no blends', () => {
    const dataset = mnist(undefined, 'teachers')
    expect(refusals({ dataset, students: [student({ omitClasses: [3] })] })).toEqual([])
    expect(refusals({ dataset, sweep: { 'training.omitClasses': { values: [[], [3]] } } })).toEqual([])
    expect(refusals({ dataset, teachers: [teacher({ omitClasses: [3] })] })).toEqual([
      refused('teachers[0].training.omitClasses', '[3]'),
    ])
    expect(refusals({ dataset: { type: 'mnist' }, training: { omitClasses: [3] } })).toEqual([])
  })
})

describe('objectives', () => {
  const refused = (place: string) =>
    `${place}.type: expected an objective that reads no class beside "mixup", where each sample has two, got "dkd"`
  const soft = { type: 'soft-targets' }
  const layers = [{ student: 'dense1', teacher: 'dense1' }]

  it('that read a sample’s class are told of where they stand', () => {
    expect(refusals({ objective: { type: 'dkd' } })).toEqual([refused('objective')])
    expect(refusals({ objective: [soft, { type: 'dkd' }] })).toEqual([refused('objective[1]')])
    expect(refusals({ sweep: { objective: { values: [soft, [{ type: 'dkd' }, soft]] } } })).toEqual([
      refused('sweep.objective.values[1][0]'),
    ])
  })

  it('are fine where nobody is taught by them, and refused where a student teaches', () => {
    const objective = { type: 'dkd' }
    expect(refusals({ teachers: [], objective })).toEqual([])
    expect(refusals({ teachers: [], sweep: { objective: { values: [objective, soft] } } })).toEqual([])
    const pairs = [{ teacher: { student: 'tiny' }, student: 'tiny' }]
    expect(refusals({ teachers: [], objective, pairs })).toEqual([refused('objective')])
    expect(refusals({ objective, pairs })).toEqual([refused('objective')])
    const teachers = [{ id: 'big', architecture: mlp(80) }]
    const trials = (changes: object) => {
      const students = [{ id: 'tiny', architecture: mlp(8) }]
      return makePlan(readValue({ name: 'small', dataset: mnist(), students, objective, ...changes })).trials
    }
    expect(trials({}).map(({ role, config }) => [role, config.distillation])).toEqual([['baseline', null]])
    expect(() => trials({ teachers })).toThrow('an objective that reads no class')
  })

  it('on logits and features are fine, and any where students see no blends', () => {
    expect(refusals({ objective: [soft, { type: 'dist' }, { type: 'rkd-angle', layers }] })).toEqual([])
    expect(refusals({ dataset: mnist(undefined, 'teachers'), objective: { type: 'dkd' } })).toEqual([])
  })
})

describe('a plan', () => {
  const planOf = (changes: object) =>
    makePlan(
      readValue({
        name: 'small',
        dataset: mnist(),
        teachers: [{ id: 'big', architecture: mlp(80) }],
        students: [{ id: 'tiny', architecture: mlp(8) }],
        ...changes,
      }),
    )
  const blended = '(l * CE(y_i, z_s) + (1 - l) * CE(y_j, z_s))'
  const law = 'blends l * x_i + (1 - l) * x_j with l ~ Beta(0.2, 0.2)'

  it('writes the loss of both labels, and what l is', () => {
    expect(planOf({}).formula).toBe(
      `loss = w_hard * ${blended} + w_soft * T^2 * KL(softmax(z_t / T) || softmax(z_s / T)), mean over the batch; ` +
        `T in {4}, (w_hard, w_soft) in {(0.1, 0.9)}; teachers and baselines: loss = ${blended}, mean over the batch; ${law}`,
    )
    expect(planOf({ training: { labelLoss: { type: 'label-smoothing', epsilon: 0.1 } } }).formula).toContain(
      '(l * CE(0.9 * y_i + 0.1 / classes, z_s) + (1 - l) * CE(0.9 * y_j + 0.1 / classes, z_s))',
    )
    expect(planOf({ teachers: [], baselines: ['scratch', 'tf-kd'] }).formula).toContain(
      `loss in {${blended}; (l * (0.9 * CE(y_i, z_s) + `,
    )
  })

  it('writes it of teachers alone where these alone see blends', () => {
    const { formula } = planOf({ dataset: mnist(undefined, 'teachers') })
    expect(formula).toContain('loss = w_hard * CE(y, z_s) + ')
    expect(formula).toContain(`; teachers and baselines: loss in {${blended}; CE(y, z_s)}, mean over the batch; ${law}`)
  })

  it('knows trials apart by alpha', () => {
    const ids = (alpha: number) => planOf({ dataset: mnist([{ type: 'mixup', alpha }]) }).trials.map(({ id }) => id)
    expect(ids(0.2)).toEqual(planOf({ dataset: mnist([{ type: 'mixup' }]) }).trials.map(({ id }) => id))
    const [one, other, plain] = [ids(0.2), ids(1), planOf({ dataset: { type: 'mnist' } }).trials.map(({ id }) => id)]
    expect(new Set([...one, ...other, ...plain]).size).toBe(3 * one.length)
  })
})
