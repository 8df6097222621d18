// One experiment may be written in many ways: each is the same trials, and no plan has a trial twice.
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import { parseExperiment } from '@retort/orchestrator/spec/read'
import { definition, experimentSchema, fill } from '@retort/orchestrator/spec/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { experiments, readValue, shuffled } from './arbitrary.ts'

const planned = (text: string) => makePlan(parseExperiment(text, 'x.json')).trials
const idsOf = (experiment: unknown) =>
  new Set(planned(JSON.stringify(experiment)).map(({ id, configuration }) => `${id} ${configuration}`))

type Drawn = typeof experiments extends fc.Arbitrary<infer Of> ? Of : never
type Written = Record<string, unknown>

/** Ways to write the same otherwise; each takes the experiment and a number that decides in which of several forms. */
const ways: ((written: Written, way: number) => Written)[] = [
  (written) => shuffled(written) as Written,
  // Defaults written out, but for those of models, which differ by type.
  (written) => ({
    ...(fill(experimentSchema, { ...written, students: [], teachers: [] }) as Written),
    students: written.students,
    teachers: written.teachers,
  }),
  (written, way) => ({
    ...written,
    temperatures: (written.temperatures as number[]).map((at) =>
      typeof at === 'number' ? { from: at, to: at, ...(way % 2 === 0 && { shape: 'cosine' }) } : at,
    ),
  }),
  (written, way) => ({
    ...written,
    lossWeights: (written.lossWeights as { hard: unknown; soft: unknown }[]).map(({ hard, soft }) => ({
      hard,
      soft:
        typeof soft === 'number'
          ? { to: soft, from: soft, ...(way % 2 === 0 && { shape: { type: 'step', at: 0.5 } }) }
          : soft,
    })),
  }),
  (written) => {
    const { objective, ...rest } = written.sweep as Record<string, { values: object[] }>
    const one = (value: object) =>
      Array.isArray(value) && value.length === 1 ? value[0] : Array.isArray(value) ? value : [value]
    return {
      ...written,
      objective: [written.objective ?? { type: 'soft-targets' }].flat(),
      sweep: { ...rest, ...(objective && { objective: { values: objective.values.map(one) } }) },
    }
  },
  (written) => ({
    ...written,
    baselines: (written.baselines as unknown[]).map((each) =>
      typeof each === 'string' && each !== 'scratch' ? fill(definition('LabelLoss'), { type: each }) : each,
    ),
  }),
  (written) => ({
    ...written,
    students: (written.students as { training?: { omitClasses?: number[] } }[]).map(({ training, ...student }) => ({
      ...student,
      ...(training && { training: { ...training, omitClasses: [...(training.omitClasses ?? [])].reverse() } }),
    })),
  }),
]

/** As JSON in which numbers are spelt otherwise: `0.5` as `5.0e-1`, `4` as `4.0`. */
const respelt = (written: unknown): string =>
  JSON.stringify(written).replace(/(?<=[[:,])(\d+(?:\.\d+)?)(?=[\],}])/g, (number) =>
    Number(number) > 0 && Number(number) < 1
      ? `${Number(number) * 10}e-1`
      : number.includes('.')
        ? `${number}0`
        : `${number}.0`,
  )

it('an experiment that is written otherwise has the same trials, each once', () => {
  const spelling = fc.tuple(fc.subarray([...ways.keys()]), fc.nat(1), fc.boolean())
  const withClasses = fc.array(fc.uniqueArray(fc.nat(9), { maxLength: 4 }), { minLength: 5, maxLength: 5 })
  fc.assert(
    fc.property(experiments, withClasses, spelling, (drawn, omitted, [chosen, way, numbers]) => {
      const students = drawn.students.map((student, index) => ({
        ...student,
        training: { omitClasses: omitted[index % 5] },
      }))
      const plain: Written = { ...(drawn satisfies Drawn), students }
      const other = chosen.reduce((written, index) => ways[index]!(written, way), plain)
      const trials = planned(numbers ? respelt(other) : JSON.stringify(other))
      expect(new Set(trials.map(({ id, configuration }) => `${id} ${configuration}`))).toEqual(idsOf(plain))
      expect(new Set(trials.map(({ id }) => id)).size).toBe(trials.length)
    }),
    { numRuns: 60 },
  )
})

const small = {
  name: 'small',
  dataset: { type: 'mnist' },
  teachers: [{ id: 'big', architecture: { type: 'mlp', hidden: [800] } }],
  students: [{ id: 'tiny', architecture: { type: 'mlp', hidden: [8] } }],
}
const onlyId = (changes: object) =>
  planned(JSON.stringify({ ...small, baselines: [], ...changes })).find(({ role }) => role === 'student')!.id

describe('one form', () => {
  it('of objectives, courses and sets of numbers is the more usual one, whose id was there before', () => {
    // The ids of these experiments before there was a second form of them.
    expect(onlyId({ temperatures: [8] })).toMatch(/^38e5db3813dfb337/)
    expect(onlyId({ temperatures: [{ from: 8, to: 8, shape: 'cosine' }] })).toBe(onlyId({ temperatures: [8] }))
    expect(onlyId({ objective: [{ type: 'dkd', weight: { from: 2, to: 2 } }] })).toBe(
      onlyId({ objective: { type: 'dkd', weight: 2 } }),
    )
    const steps = (milestones: number[]) => ({ training: { epochs: 9, schedule: { type: 'step', milestones } } })
    expect(onlyId(steps([6, 3]))).toBe(onlyId(steps([3, 6])))
    expect(onlyId({ training: { omitClasses: [7, 2] } })).toBe(onlyId({ training: { omitClasses: [2, 7] } }))
  })

  it('leaves apart what trains otherwise', () => {
    const ids = [
      onlyId({ temperatures: [8] }),
      onlyId({ temperatures: [{ from: 8, to: 7 }] }),
      onlyId({ temperatures: [{ from: 8, to: 7, shape: 'cosine' }] }),
      onlyId({ training: { omitClasses: [2] } }),
      onlyId({ objective: [{ type: 'soft-targets' }, { type: 'dist' }] }),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('a trial that is asked for twice', () => {
  it('stands once in the plan, under both names', () => {
    const { source, experiment } = readValue({ ...small, seeds: [1, 2], temperatures: [1, 2] })
    // As no file can say it: what is read is checked for models with two names.
    const twice = <Model extends { id: string }>(models: Model[]) =>
      models.flatMap((model) => [model, { ...model, id: `${model.id}-2` }])
    const plan = makePlan({
      source,
      experiment: { ...experiment, teachers: twice(experiment.teachers), students: twice(experiment.students) },
    })
    const once = makePlan({ source, experiment })
    expect(plan.trials.map(({ id }) => id)).toEqual(once.trials.map(({ id }) => id))
    expect(new Set(plan.trials.map(({ model, teacher }) => `${model} by ${teacher}`))).toEqual(
      new Set(['big = big-2 by null', 'tiny = tiny-2 by null', 'tiny = tiny-2 by big = big-2']),
    )
  })

  it('by two points of the axes stands at the first', () => {
    const students = [{ ...small.students[0], training: { omitClasses: [1, 5] } }]
    const sweep = { 'training.omitClasses.0': { values: [1, 5] }, 'training.omitClasses.1': { values: [1, 5] } }
    const trials = planned(JSON.stringify({ ...small, students, sweep })).filter(({ role }) => role === 'baseline')
    expect(trials.map(({ axes }) => Object.values(axes))).toEqual([
      [1, 1],
      [1, 5],
      [5, 5],
    ])
  })
})
