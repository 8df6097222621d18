// Which teachers are told of as knowing less than a student without them.
import { weakTeacherSentence, weakTeachers } from '@retort/schema/comparison/weakTeachers'
import { expect, it } from 'vitest'

const trial = (role: 'teacher' | 'student' | 'baseline', model: string, validationAccuracy: number | null) => ({
  role,
  model,
  configuration: `${role} ${model}`,
  status: validationAccuracy === null ? 'failed' : 'done',
  validationAccuracy,
  config: { dataset: { type: 'mnist' } },
})

const alone = [trial('baseline', 'a', 0.6), trial('baseline', 'b', 0.8), trial('baseline', 'b', 0.9)]

it('a teacher far below the best student alone, by the mean over its seeds, is told of', () => {
  const of = (accuracy: number | null) => weakTeachers([...alone, trial('teacher', 't', accuracy)])
  expect(of(0.45)).toEqual([{ model: 't', validationAccuracy: 0.45, student: 'b', alone: (0.8 + 0.9) / 2 }])
  // Ten points below, and wrong half as often again: 0.15 against 0.25.
  expect(of(0.74)).toHaveLength(1)
  expect(of(0.76)).toEqual([])
  expect(of(null)).toEqual([])
  // Of a hard task, where it is wrong hardly more often.
  expect(weakTeachers([trial('baseline', 'a', 0.3), trial('teacher', 't', 0.15)])).toEqual([])
})

it('students that were taught are no measure, nor are classes of other tokens', () => {
  const taught = [trial('student', 'b', 0.9), trial('teacher', 't', 0.1)]
  expect(weakTeachers(taught)).toEqual([])
  const reader = { ...trial('teacher', 't', 0.1), config: { dataset: { type: 'retokenized' } } }
  expect(weakTeachers([...alone, reader])).toEqual([])
})

it('the sentence names both and their figures', () => {
  const [weak] = weakTeachers([...alone, trial('teacher', 't', 0.45)])
  const percent = (share: number) => `${Math.round(100 * share)} %`
  expect(weakTeacherSentence(weak!, { percent })).toBe(
    'Teacher t is right on 45 % of the validation samples, student b without any teacher on 85 %: most likely its inputs, ' +
      'its outputs or its classes are read otherwise than it was trained.',
  )
})
