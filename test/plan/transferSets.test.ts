// What students see where teachers alone train on the views, and what of a transfer set is part of a trial's identity.
import { canonicalParts, trialId } from '@retort/orchestrator/plan/identity'
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import type { AnyConfig, TrialConfig } from '@retort/schema/trial'
import { describe, expect, it } from 'vitest'
import { augmentationOf } from '../../orchestrator/src/spec/studentsDataset.ts'
import { complaints, experimentWith } from '../spec/complaints.ts'
import { readValue } from './arbitrary.ts'

const shifted = (models: 'all' | 'teachers' | undefined) => ({
  type: 'mnist',
  augmentation: { steps: [{ type: 'shift', pixels: 2 }], views: 4, ...(models && { for: models }) },
})
const mlp = (...hidden: number[]) => ({ type: 'mlp', hidden })
const base = {
  name: 'small',
  teachers: [
    { id: 'big', architecture: mlp(80) },
    { id: 'bigger', architecture: mlp(90) },
    { id: 'both', ensemble: { of: ['big', 'bigger'] } },
  ],
  students: [{ id: 'tiny', architecture: mlp(8) }],
  seeds: [1, 2],
}
const planOf = (dataset: object, changes = {}) => makePlan(readValue({ ...base, dataset, ...changes })).trials

describe('views for teachers alone', () => {
  it('are seen by the teachers that are trained, and by nobody else', () => {
    const seen = planOf(shifted('teachers')).map(({ role, model, config }) => {
      const augmentation = augmentationOf(config.dataset)
      return `${role} ${model} ${augmentation === 'none' ? 'plain' : augmentation.views}`
    })
    expect(new Set(seen)).toEqual(
      new Set(['teacher big 4', 'teacher bigger 4', 'teacher both plain', 'baseline tiny plain', 'student tiny plain']),
    )
  })

  it('leave the baseline the trial that it is without augmentation', () => {
    const baselines = (dataset: object) => planOf(dataset).flatMap(({ role, id }) => (role === 'baseline' ? [id] : []))
    expect(baselines(shifted('teachers'))).toEqual(baselines({ type: 'mnist' }))
    expect(baselines(shifted('all'))).not.toEqual(baselines({ type: 'mnist' }))
    expect(baselines(shifted(undefined))).toEqual(baselines(shifted('all')))
  })

  it('have ids that follow from the configuration', () => {
    for (const { id, config } of planOf(shifted('teachers'))) expect(trialId(config)).toBe(id)
  })

  it('need a teacher that is trained', () => {
    const teachers = [{ id: 'big', logits: { train: 'a.npy', test: 'b.npy' } }]
    expect(complaints(experimentWith({ dataset: shifted('teachers'), teachers }))).toContainEqual(
      expect.stringMatching(
        /dataset\.augmentation\.for: expected "all", or a teacher with an architecture, got "teachers"/,
      ),
    )
    expect(complaints(experimentWith({ dataset: shifted('teachers') }))).toEqual([])
  })
})

describe('classes left out', () => {
  const withTraining = (training: object): AnyConfig =>
    planOf({ type: 'mnist' }, { students: [{ id: 'tiny', architecture: mlp(8), training }] }).at(-1)!.config

  it('are the same trial in any order', () => {
    const [one, other] = [withTraining({ omitClasses: [7, 3, 10] }), withTraining({ omitClasses: [3, 10, 7] })]
    expect(trialId(one)).toBe(trialId(other))
    expect((one as TrialConfig).training.omitClasses).toEqual([7, 3, 10])
    expect(canonicalParts(one).training).toContain('"omitClasses":[3,7,10]')
    expect(trialId(withTraining({ omitClasses: [3, 7] }))).not.toBe(trialId(one))
  })

  it('are what a bias correction is for', () => {
    const student = (training: object) => ({ id: 'tiny', architecture: mlp(32), training })
    const idle = (path: string) =>
      expect.stringContaining(
        `${path}: expected "omitClasses" with the classes to correct, got true where no class is left out`,
      )
    expect(complaints(experimentWith({ students: [student({ correctBias: true })] }))).toEqual([
      idle('students[0].training.correctBias'),
    ])
    expect(complaints(experimentWith({ training: { correctBias: true } }))).toEqual([idle('training.correctBias')])
    const fine = [
      { students: [student({ correctBias: true, omitClasses: [3] })] },
      { training: { correctBias: true }, students: [student({ omitClasses: [3] })] },
      { students: [student({ correctBias: true })], sweep: { 'training.omitClasses': { values: [[3], [4]] } } },
      { students: [student({ omitClasses: [3] })], sweep: { 'training.correctBias': { values: [true, false] } } },
    ]
    for (const changes of fine) expect(complaints(experimentWith(changes))).toEqual([])
  })
})
