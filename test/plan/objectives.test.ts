// Objectives and baselines in a plan: lists, the axis `objective`, label losses, and what stands in the formula.
import { distillationColumns } from '@retort/orchestrator/plan/columns'
import { formula } from '@retort/orchestrator/plan/formula'
import { groupKey } from '@retort/orchestrator/plan/groupKey'
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import { axisValue } from '@retort/schema/axisValue'
import type { TrialConfig } from '@retort/schema/trial'
import { describe, expect, it } from 'vitest'
import { complaints, experimentWith } from '../spec/complaints.ts'
import { readValue } from './arbitrary.ts'

const base = {
  name: 'small',
  dataset: { type: 'mnist' },
  teachers: [{ id: 'big', architecture: { type: 'mlp', hidden: [800] } }],
  students: [{ id: 'tiny', architecture: { type: 'mlp', hidden: [8] } }],
  temperatures: [1, 4],
  seeds: [1, 2],
}
const planOf = (changes: object) => makePlan(readValue({ ...base, ...changes })).trials
const students = (changes: object) => planOf(changes).filter(({ role }) => role === 'student')
const refusals = (changes: object) =>
  complaints(experimentWith({ teachers: base.teachers, ...changes })).map(withoutPlace)
const withoutPlace = (complaint: string) => complaint.replace(/^\d+:\d+ {2}/, '')

describe('an objective', () => {
  it('may be one or a list, of which one is the same', () => {
    const one = students({ objective: { type: 'dkd', beta: 2 } })
    expect(one[0]?.config.distillation?.objective).toEqual([{ type: 'dkd', weight: 1, alpha: 1, beta: 2 }])
    expect(students({ objective: [{ beta: 2, type: 'dkd' }] })).toEqual(one)
    expect(
      students({ objective: [{ type: 'soft-targets' }, { type: 'dist', weight: 3 }] })[0]?.config.distillation
        ?.objective,
    ).toEqual([
      { type: 'soft-targets', weight: 1, standardise: false },
      { type: 'dist', weight: 3, inter: 1, intra: 1 },
    ])
  })

  it('that reads no temperature is trained once for all of them', () => {
    expect(
      students({ objective: { type: 'logit-mse' } }).map(({ config }) => config.distillation?.temperature),
    ).toEqual([null, null])
    expect(students({ objective: [{ type: 'logit-mse' }, { type: 'dkd' }] })).toHaveLength(4)
  })

  it('of another kind or weight is another trial; in one group only where weights alone differ', () => {
    const of = (objective: object) => students({ objective, temperatures: [4], seeds: [1] })[0]!
    const different = [
      { type: 'soft-targets' },
      { type: 'soft-targets', weight: 2 },
      { type: 'soft-targets', standardise: true },
      [{ type: 'soft-targets' }, { type: 'dkd' }],
      { type: 'jsd', beta: 0 },
    ].map(of)
    expect(new Set(different.map(({ id }) => id)).size).toBe(different.length)
    const [one, heavier, ...others] = different.map(groupKey)
    expect(heavier).toBe(one)
    expect(new Set([one, ...others]).size).toBe(different.length - 1)
  })

  it('on features has groups of one teacher, which runs in their step', () => {
    const objective = { type: 'hints', layers: [{ student: 'dense1', teacher: 'dense1' }] }
    const teachers = [...base.teachers, { id: 'large', architecture: { type: 'mlp', hidden: [900] } }]
    const lossWeights = [1, 2, 3].map((soft) => ({ hard: 1, soft }))
    const trials = students({ objective, teachers, lossWeights })
    expect(trials).toHaveLength(12)
    expect(new Set(trials.map(groupKey)).size).toBe(2)
    expect(new Set(trials.map((trial) => `${trial.teacherTrial} ${groupKey(trial)}`)).size).toBe(2)
  })

  it('that is none is refused at its place', () => {
    expect(refusals({ objective: [{ type: 'soft-targets' }, { type: 'jsd', beta: 2 }] })).toEqual([
      'objective[1].beta: expected a number from 0 to 1, got 2',
    ])
    expect(refusals({ objective: { type: 'soft-target' } })).toEqual([
      expect.stringContaining('did you mean "soft-targets"?'),
    ])
    expect(refusals({ objective: [{ type: 'dkd' }, { type: 'dkd' }] })).toHaveLength(1)
    expect(refusals({ objective: [] })).toHaveLength(1)
  })
})

describe('the axis "objective"', () => {
  const values = [{ type: 'soft-targets' }, { type: 'logit-mse' }, [{ type: 'dkd' }, { type: 'dist' }]]
  const sweep = { objective: { values } }

  it('multiplies distilled students, not baselines', () => {
    const trials = planOf({ sweep, seeds: [1] })
    expect(trials.filter(({ role }) => role === 'baseline')).toHaveLength(1)
    const shown = trials
      .filter(({ role }) => role === 'student')
      .map(({ axes, config }) => [axisValue(axes.objective), config.distillation?.temperature])
    expect(shown).toEqual([
      ['soft-targets', 1],
      ['soft-targets', 4],
      ['logit-mse', null],
      ['dkd + dist', 1],
      ['dkd + dist', 4],
    ])
  })

  it('goes with other axes', () => {
    const both = { ...sweep, 'training.epochs': { values: [1, 2] } }
    expect(students({ sweep: both, seeds: [1] })).toHaveLength(10)
    expect(Object.keys(students({ sweep: both })[0]!.axes)).toEqual(['training.epochs', 'objective'])
  })

  it('is checked like the objective itself', () => {
    const wrong = {
      objective: { values: [{ type: 'dkd', beta: -1 }, 'dkd', { type: 'jsd' }, { type: 'jsd', beta: 0.5 }] },
    }
    expect(refusals({ sweep: wrong })).toEqual([
      'sweep.objective.values[0].beta: expected a number of at least 0, got -1',
      expect.stringMatching(/^sweep\.objective\.values\[1\]: expected /),
      expect.stringContaining('the same as item 2 once the defaults are filled in'),
    ])
    expect(refusals({ sweep: { 'objective.weight': { values: [1, 2] } } })).toEqual([
      'sweep["objective.weight"]: "objective.weight" is no axis of its own: list whole objectives under "objective"',
    ])
  })

  it('is told of in a grid that is too large', () => {
    expect(refusals({ sweep, temperatures: [1, 4], execution: { maximumTrials: 3 } })).toEqual([
      expect.stringContaining('1 teacher x 5 combinations of objective, temperature and loss weight) = 7 trials'),
    ])
  })
})

describe('baselines', () => {
  it('run with the same seeds and training, each with its label loss, and are compared to the one from scratch', () => {
    const trials = planOf({ baselines: ['scratch', 'label-smoothing', { type: 'tf-kd', temperature: 10 }] })
    const baselines = trials.filter(({ role }) => role === 'baseline')
    expect(
      baselines.map(({ config, axes }) => [
        (config as TrialConfig).training.labelLoss.type,
        config.seed,
        axisValue(axes),
      ]),
    ).toEqual([
      ['cross-entropy', 1, '{}'],
      ['cross-entropy', 2, '{}'],
      ['label-smoothing', 1, '{"training.labelLoss":{"type":"label-smoothing","epsilon":0.1}}'],
      ['label-smoothing', 2, expect.anything()],
      ['tf-kd', 1, expect.stringContaining('"temperature":10')],
      ['tf-kd', 2, expect.anything()],
    ])
    const [first, second, smooth] = baselines
    expect(smooth?.baselineTrial).toBe(first?.id)
    expect(smooth?.config).toEqual({
      ...first!.config,
      training: { ...first!.config.training, labelLoss: { type: 'label-smoothing', epsilon: 0.1 } },
    })
    const distilled = trials.filter(({ role }) => role === 'student')
    expect(new Set(distilled.map(({ baselineTrial }) => baselineTrial))).toEqual(new Set([first?.id, second?.id]))
  })

  it('may leave out the one from scratch', () => {
    const trials = planOf({ baselines: ['tf-kd'] })
    expect(trials.filter(({ role }) => role === 'baseline')).toHaveLength(2)
    expect(trials.every(({ baselineTrial }) => baselineTrial === null)).toBe(true)
  })

  it('are not the same twice', () => {
    expect(refusals({ baselines: ['tf-kd', { type: 'tf-kd' }] })).toEqual([
      'baselines[1]: expected each baseline once, got {"type":"tf-kd"}, the same as "tf-kd"',
    ])
    expect(refusals({ baselines: ['scrath'] })).toEqual([expect.stringContaining('did you mean "scratch"?')])
    expect(refusals({ baselines: ['scratch', { type: 'cross-entropy' }] })).toHaveLength(1)
    expect(
      refusals({ baselines: ['label-smoothing'], training: { labelLoss: { type: 'label-smoothing' } } }),
    ).toHaveLength(1)
    const sweep = { 'training.labelLoss': { values: [{ type: 'cross-entropy' }, { type: 'tf-kd' }] } }
    expect(refusals({ baselines: ['scratch', 'tf-kd'], sweep })).toHaveLength(1)
    expect(refusals({ baselines: ['scratch'], sweep })).toEqual([])
  })
})

describe('the label loss', () => {
  it('is part of the training: of the file, of a model, of an axis', () => {
    const smooth = { labelLoss: { type: 'label-smoothing' } }
    const all = planOf({ training: smooth })
    expect(new Set(all.map(({ config }) => (config as TrialConfig).training.labelLoss.type))).toEqual(
      new Set(['label-smoothing']),
    )
    const teacher = planOf({ teachers: [{ ...base.teachers[0], training: smooth }] })
    expect(teacher.map(({ config }) => (config as TrialConfig).training.labelLoss.type).slice(0, 2)).toEqual([
      'label-smoothing',
      'cross-entropy',
    ])
    const sweep = { 'training.labelLoss.type': { values: ['cross-entropy', 'tf-kd'] } }
    expect(
      students({ sweep, temperatures: [4], seeds: [1] }).map(
        ({ config }) => (config as TrialConfig).training.labelLoss,
      ),
    ).toEqual([{ type: 'cross-entropy' }, { type: 'tf-kd', alpha: 0.1, correct: 0.99, temperature: 20 }])
  })
})

describe('the formula', () => {
  const of = (changes: object) =>
    formula(readValue({ ...base, lossWeights: [{ hard: 0.1, soft: 0.9 }], ...changes }).experiment)

  it('sums several objectives, with their weights', () => {
    expect(of({ objective: [{ type: 'soft-targets' }, { type: 'logit-mse', weight: 0.5 }] })).toBe(
      'loss = w_hard * CE(y, z_s) + w_soft * (T^2 * KL(softmax(z_t / T) || softmax(z_s / T)) + 0.5 * |z_s - z_t|^2 / 2), ' +
        'mean over the batch; T in {1, 4}, (w_hard, w_soft) in {(0.1, 0.9)}; ' +
        'teachers and baselines: loss = CE(y, z_s), mean over the batch',
    )
  })

  it('lists those of an axis', () => {
    const sweep = { objective: { values: [{ type: 'logit-mse' }, { type: 'reverse-kl' }] } }
    expect(of({ sweep })).toContain(
      'w_soft * D, mean over the batch; D in {|z_s - z_t|^2 / 2; T^2 * KL(softmax(z_s / T) || softmax(z_t / T))}, T in {1, 4}',
    )
  })

  it('says no temperature where none is read', () => {
    expect(of({ objective: { type: 'logit-mse' } })).not.toContain('T in')
  })

  it('says every label loss', () => {
    expect(of({ baselines: ['scratch', 'label-smoothing'] })).toMatch(
      /teachers and baselines: loss in \{CE\(y, z_s\); CE\(0\.9 \* y \+ 0\.1 \/ classes, z_s\)\}, mean over the batch$/,
    )
  })
})

describe('a convention', () => {
  const of = (convention: object, changes: object = {}) => {
    const { lossWeights: _, temperatures: __, ...rest } = { ...base, lossWeights: [], ...changes }
    return readValue({ ...rest, convention }).experiment
  }
  const attention = { type: 'attention-transfer', weight: 2, layers: [{ student: 'a', teacher: 'b' }] }

  it('of RepDistiller: gamma * CE + alpha * KL + beta * the others', () => {
    expect(of({ type: 'repdistiller', gamma: 0.1, alpha: 0.9 })).toMatchObject({
      objective: { type: 'soft-targets', weight: 1 },
      lossWeights: [{ hard: 0.1, soft: 0.9 }],
      temperatures: [4],
    })
    const both = of(
      { type: 'repdistiller', alpha: 0.5, beta: 1000, temperature: 3 },
      { objective: [{ type: 'soft-targets' }, attention] },
    )
    expect(both).toMatchObject({
      objective: [
        { type: 'soft-targets', weight: 0.5 },
        { type: 'attention-transfer', weight: 2000 },
      ],
      lossWeights: [{ hard: 1, soft: 1 }],
      temperatures: [3],
    })
    expect(of({ type: 'repdistiller', alpha: 0, beta: 50 }, { objective: attention })).toMatchObject({
      // As its code pools features of two sizes before it takes their maps.
      objective: { type: 'attention-transfer', weight: 1, resize: 'features' },
      lossWeights: [{ hard: 1, soft: 100 }],
    })
  })

  it('of others leaves how attention of two sizes is compared as it is', () => {
    expect(readValue({ ...base, objective: attention }).experiment.objective).toMatchObject({ resize: 'map' })
  })

  it('of torchdistill: alpha * CE + beta * T^2 * KL, and KL alone for alpha = 0', () => {
    const weights = (settings: object) => of({ type: 'torchdistill', temperature: 5, ...settings }).lossWeights
    expect(weights({ alpha: 0.1 })).toEqual([{ hard: 0.1, soft: 0.9 }])
    expect(weights({ alpha: 0.5, beta: 2 })).toEqual([{ hard: 0.5, soft: 2 }])
    // Its code leaves out beta and T^2 there, so T^2 is divided away.
    expect(weights({ alpha: 0, beta: 2 })).toEqual([{ hard: 0, soft: 1 / 25 }])
  })

  it('of teacher assistants: the mean of their KL goes over the classes too', () => {
    expect(of({ type: 'takd', lambda: 0.8, classes: 10, temperature: 2 })).toMatchObject({
      lossWeights: [{ hard: 0.2, soft: 0.08 }],
      temperatures: [2],
    })
  })

  it('decides no identity: the same loss is the same trial', () => {
    const ids = (experiment: object) => makePlan(readValue(experiment)).trials.map(({ id }) => id)
    const { temperatures: _, ...rest } = base
    expect(ids({ ...rest, convention: { type: 'torchdistill', alpha: 0.1, temperature: 4 } })).toEqual(
      ids({ ...rest, temperatures: [4], lossWeights: [{ hard: 0.1, soft: 0.9 }] }),
    )
  })

  it('stands in the formula', () => {
    expect(formula(of({ type: 'torchdistill', alpha: 0.25, temperature: 4 }))).toContain(
      "T in {4}, (w_hard, w_soft) in {(0.25, 0.75)} (translated from torchdistill's alpha * CE + beta * T^2 * KL, " +
        'KL alone for alpha = 0; alpha = 0.25, beta = 1 - alpha, T = 4)',
    )
  })

  it('stands in the place of lossWeights, temperatures and the axis, and knows its objectives', () => {
    const convention = { type: 'torchdistill', alpha: 0.5 }
    const sweep = { objective: { values: [{ type: 'soft-targets' }] } }
    expect(refusals({ convention, temperatures: [4], lossWeights: [{ hard: 1, soft: 1 }], sweep })).toEqual([
      'temperatures: the convention "torchdistill" sets it already',
      'lossWeights: the convention "torchdistill" sets it already',
      'sweep.objective: the convention "torchdistill" sets it already',
    ])
    expect(refusals({ convention, objective: { type: 'dkd' } })).toEqual([
      'objective: expected objectives to which the convention gives a weight above 0, got "dkd", of weight 0 in "torchdistill"',
    ])
    expect(
      refusals({
        convention: { type: 'repdistiller', alpha: 1, beta: 0 },
        objective: [{ type: 'soft-targets' }, { type: 'dkd' }],
      }),
    ).toHaveLength(1)
    expect(refusals({ convention: { type: 'repdistiller' } })).toHaveLength(1)
    expect(refusals({ convention: { type: 'torchdistil', alpha: 1 } })).toEqual([
      expect.stringContaining('did you mean "torchdistill"?'),
    ])
  })
})

describe('what changes from epoch to epoch', () => {
  const temperatures = [4, { from: 8, to: 1 }]
  const lossWeights = [{ hard: 0.1, soft: { from: 0.9, to: 0, shape: 'cosine' } }]

  it('is a value of its axis like others, and named among the axes', () => {
    const trials = students({ temperatures, lossWeights, seeds: [1] })
    const soft = { from: 0.9, to: 0, shape: 'cosine' }
    expect(trials.map(({ config, axes }) => [config.distillation?.temperature, axes])).toEqual([
      [4, { 'lossWeights.soft': soft }],
      [
        { from: 8, to: 1, shape: 'linear' },
        { temperatures: { from: 8, to: 1, shape: 'linear' }, 'lossWeights.soft': soft },
      ],
    ])
    expect(trials.map(({ config }) => distillationColumns(config))).toEqual([
      { temperature: 4, hardWeight: 0.1, softWeight: null },
      { temperature: null, hardWeight: 0.1, softWeight: null },
    ])
    expect(axisValue(soft)).toBe('0.9 to 0 (cosine)')
    expect(axisValue({ type: 'dkd', weight: { from: 0, to: 1 } })).toBe('dkd(weight=0 to 1 (linear))')
    expect(axisValue({ ...soft, shape: { type: 'step', at: 0.25 } })).toBe('0.9 to 0 (step at 0.25)')
  })

  it('costs no other graph: such trials may train as one group', () => {
    expect(new Set(students({ temperatures, lossWeights }).map(groupKey)).size).toBe(1)
    const values = [1, 2, { from: 1, to: 0 }].map((weight) => ({ type: 'dist', weight }))
    const swept = students({ sweep: { objective: { values } } })
    expect(swept).toHaveLength(3 * students({}).length)
    expect(new Set(swept.map(groupKey)).size).toBe(1)
  })

  it('stands in the formula', () => {
    expect(formula(readValue({ ...base, temperatures, lossWeights }).experiment)).toContain(
      'T in {4, 8 to 1 (linear)}, (w_hard, w_soft) in {(0.1, 0.9 to 0 (cosine))}',
    )
    const objective = [
      { type: 'soft-targets' },
      { type: 'logit-mse', weight: { from: 1, to: 0, shape: { type: 'step', at: 0.25 } } },
    ]
    expect(formula(readValue({ ...base, objective }).experiment)).toContain(
      ' + (1 to 0 (step at 0.25)) * |z_s - z_t|^2 / 2)',
    )
  })

  it('is checked', () => {
    expect(refusals({ temperatures: [{ from: 8 }, { from: 0, to: 1 }, { from: 1, to: 2, shape: 'step' }] })).toEqual([
      'temperatures[0].to: missing; expected a number above 0, such as 1',
      'temperatures[1].from: expected a number above 0, got 0',
      'temperatures[2].shape: expected "linear", "cosine" or an object, got "step"',
    ])
    expect(refusals({ lossWeights: [{ hard: 1, soft: { from: -1, to: 0 } }] })).toEqual([
      'lossWeights[0].soft.from: expected a number of at least 0, got -1',
    ])
    const weight = { from: 1, to: 0, shape: { type: 'step', at: 1 } }
    expect(refusals({ objective: { type: 'dist', weight } })).toEqual([
      'objective.weight.shape.at: expected a number above 0 and below 1, got 1',
    ])
    expect(refusals({ objective: { type: 'dist', weight: 0 } })).toEqual([
      'objective.weight: expected a number above 0 or an object, got 0',
    ])
  })
})
