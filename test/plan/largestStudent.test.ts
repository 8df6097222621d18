// By which trial an engine is chosen.
import { largestStudent } from '@retort/orchestrator/plan/largestStudent'
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import { architecturesOf } from '@retort/orchestrator/spec/inspect'
import { expect, it } from 'vitest'
import { readValue } from './arbitrary.ts'

const spec = {
  name: 'sizes',
  dataset: { type: 'mnist' },
  teachers: [{ id: 'huge', architecture: { type: 'mlp', hidden: [4000] } }],
  students: [
    { id: 'wide', architecture: { type: 'mlp', hidden: [30] } },
    { id: 'narrow', architecture: { type: 'mlp', hidden: [20] } },
  ],
  training: { epochs: 1, batchSize: 10 },
}

/** Of a plan whose models multiply as often as they have hidden units. */
function largest(changes: object) {
  const read = readValue({ ...spec, ...changes })
  const sizes = architecturesOf(read).map(({ model, axes, architecture }) => ({
    model,
    axes,
    multiplyAccumulates: 'hidden' in architecture ? architecture.hidden[0]! : null,
  }))
  const trial = largestStudent(makePlan(read).trials, sizes)
  return trial && { model: trial.model, taught: trial.teacher !== null, axes: trial.axes }
}

it('is the student that multiplies most, taught rather than alone; no teacher', () => {
  expect(largest({})).toEqual({ model: 'wide', taught: true, axes: {} })
})

it('counts a larger batch', () => {
  const [wide, narrow] = spec.students
  const students = [wide, { ...narrow, training: { batchSize: 20 } }]
  expect(largest({ students })).toMatchObject({ model: 'narrow', taught: true })
})

it('is the largest of the sizes that axes give a student', () => {
  const axes = { 'architecture.hidden': { values: [[5], [50], [40]] } }
  expect(largest({ sweep: axes, students: spec.students.slice(0, 1) })).toMatchObject({
    taught: true,
    axes: { 'architecture.hidden': [50] },
  })
})

it('is a baseline where nobody teaches', () => {
  expect(largest({ teachers: [] })).toMatchObject({ model: 'wide', taught: false })
})
