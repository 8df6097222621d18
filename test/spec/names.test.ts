// Names of models in an experiment: each of one model, and wherever one is named there is such a model.
import { describe, expect, it } from 'vitest'
import { complaints, experimentWith } from './complaints.ts'

const mlp = (...hidden: number[]) => ({ type: 'mlp', hidden })
const student = (id: string, training: object = {}) => ({ id, architecture: mlp(32), training })

describe('names', () => {
  it('of models are unique among teachers and students', () => {
    expect(complaints(experimentWith({ students: [student('big'), { id: 'big', architecture: mlp(1) }] }))).toEqual([
      '5:20  students[0].id: expected an id that no other teacher or student has, got "big", the id of teachers[0]',
      '5:91  students[1].id: expected an id that no other teacher or student has, got "big", the id of teachers[0]',
    ])
  })

  it('in pairs must exist', () => {
    const pairs = [
      { teacher: 'big', student: 'tinny' },
      { teacher: 'tiny', student: 'tiny' },
    ]
    expect(complaints(experimentWith({ pairs }))).toEqual([
      '6:38  pairs[0].student: expected the id of a student: "tiny", got "tinny"; did you mean "tiny"?',
      '6:58  pairs[1].teacher: expected a teacher, or {"student":"tiny"} where the student is to teach, got "tiny", a student',
    ])
  })

  it('of students that teach must exist, and in pairs each is wanted once', () => {
    const pairs = [
      { teacher: { student: 'tinny' }, student: 'tiny' },
      { teacher: { teacher: 'tiny' }, student: 'tiny' },
      { teacher: 7, student: 'tiny', generations: 0 },
      { teacher: { student: 'tiny' }, student: 'tiny', generations: 2 },
      { teacher: { student: 'tiny' }, student: 'tiny', generations: 3 },
    ]
    expect(complaints(experimentWith({ pairs }))).toEqual([
      '6:33  pairs[0].teacher.student: expected the id of a student: "tiny", got "tinny"; did you mean "tiny"?',
      '6:71  pairs[1].teacher.student: missing; expected text, such as "assistant"',
      '6:72  pairs[1].teacher.teacher: unknown name "teacher"; expected "student"',
      '6:119  pairs[2].teacher: expected text or an object, got 7',
      '6:152  pairs[2].generations: expected an integer from 1 to 100, got 0',
      '6:219  pairs[4]: expected each pair once, got {"teacher":{"student":"tiny"},"student":"tiny","generations":3} again after pairs[3]',
    ])
  })

  it('of students that teach must lead to somebody who was trained, and in no circle', () => {
    const students = ['a', 'b', 'c'].map((id, index) => student(id, { epochs: index + 1 }))
    const circle = [
      { teacher: { student: 'a' }, student: 'b' },
      { teacher: { student: 'b' }, student: 'c' },
      { teacher: { student: 'c' }, student: 'a' },
      { teacher: { student: 'c' }, student: 'c' },
    ]
    expect(complaints(experimentWith({ students, pairs: circle })).map((line) => line.replace(/^\S+ +/, ''))).toEqual([
      'pairs[2].teacher.student: expected students that do not teach each other in a circle, got "c" teaches "a" teaches "b" teaches "c"',
    ])
    const pairs = [
      { teacher: { student: 'a' }, student: 'b' },
      { teacher: { student: 'c' }, student: 'c' },
      { teacher: 'big', student: 'a' },
    ]
    expect(complaints(experimentWith({ students, pairs }))).toEqual([])
    const untaught = complaints(experimentWith({ students, pairs: pairs.slice(0, 2), baselines: [] }))
    expect(untaught.map((line) => line.replace(/^\S+ +/, ''))).toEqual([
      'students[0]: expected a pair with "a", or a baseline, got neither: nothing trains it',
      'pairs[0].teacher.student: nothing trains "a" as a teacher: expected a pair that teaches "a", or the baseline "scratch", got "baselines": []',
      'pairs[1].teacher.student: nothing trains "c" as a teacher: expected the baseline "scratch" to begin with, got "baselines": []',
    ])
  })

  it('of published figures must exist', () => {
    const published = [
      { student: 'tinny', testAccuracy: 0.9, source: 'a' },
      { student: 'tiny', teacher: 'tiny', testAccuracy: 90, source: 'b' },
    ]
    expect(complaints(experimentWith({ published }))).toEqual([
      expect.stringContaining(
        'published[0].student: expected the id of a student: "tiny", got "tinny"; did you mean "tiny"?',
      ),
      expect.stringContaining('published[1].teacher: expected the id of a teacher: "big", got "tiny"'),
      expect.stringMatching(/published\[1\]\.testAccuracy: expected .*1, got 90/),
    ])
  })

  it('of published figures are each one figure or finding, of something', () => {
    const of = { student: 'tiny', teacher: 'big' }
    const source = 'a'
    const published = [
      { ...of, source },
      { ...of, testAccuracy: 0.9, testErrors: { errors: 11, of: 10 }, source },
      { testAccuracy: 0.9, source },
      { student: 'tiny', temperature: 4, testAccuracy: 0.9, source },
      { teacher: 'big', temperatures: { above: 8, are: 'alike' }, source },
      { ...of, class: 3, temperatures: { are: 'best' }, source },
      { ...of, temperatures: { from: 2, above: 8, to: 1, are: 'best' }, source },
    ]
    const said = complaints(experimentWith({ published })).map((line) => line.replace(/^\S+\s+/, ''))
    const one = 'expected one of "testAccuracy", "testErrors" or "temperatures"'
    expect(said).toEqual([
      `published[0]: ${one}, got none`,
      `published[1]: ${one}, got "testAccuracy" and "testErrors"`,
      'published[1].testErrors.errors: expected at most 10, the samples, got 11',
      'published[2]: expected a student, a teacher, or both, got neither',
      'published[3].temperature: expected a student and its teacher beside it, got a student alone',
      'published[4].temperatures: expected a student and its teacher beside it, got a teacher alone',
      'published[5].class: expected none beside "temperatures", got 3',
      'published[5].temperatures: expected a bound: "from" or "above", or "to", got none',
      'published[6].temperatures: expected "from" or "above", got both',
      'published[6].temperatures.to: expected at least 2, the lowest, got 1',
    ])
    const fine = [
      { teacher: 'big', testErrors: { errors: 67, of: 10000 }, source },
      { ...of, temperatures: { from: 2.5, to: 4, are: 'best' }, source },
      { ...of, temperatures: { above: 8, are: 'alike' }, source },
      { ...of, class: 3, biasCorrected: false, testErrors: { errors: 133, of: 1010 }, source },
    ]
    expect(complaints(experimentWith({ published: fine }))).toEqual([])
  })

  it('in pairs need teachers at all', () => {
    expect(complaints(experimentWith({ teachers: [], pairs: [{ teacher: 'big', student: 'tiny' }] }))).toEqual([
      '6:22  pairs[0].teacher: expected a teacher of this file, got "big", and it has none',
    ])
  })

  it('make each pair once', () => {
    const pair = { teacher: 'big', student: 'tiny' }
    expect(complaints(experimentWith({ pairs: [pair, pair] }))).toEqual([
      '6:46  pairs[1]: expected each pair once, got {"teacher":"big","student":"tiny"} again after pairs[0]',
    ])
  })

  it('are not two for one model', () => {
    const same = { ...student('again'), architecture: { dropout: 0, ...mlp(32) } }
    expect(complaints(experimentWith({ students: [student('tiny'), same] }))).toEqual([
      '5:86  students[1]: the same model under two names, "again" and "tiny": their architecture and training are equal',
    ])
    const teachers = [1, 2, 1].map((seed, index) => ({ id: `t${index}`, architecture: mlp(9), seed }))
    expect(complaints(experimentWith({ teachers }))).toEqual([
      expect.stringContaining('teachers[2]: the same model under two names, "t2" and "t0"'),
    ])
  })

  it('are not two for models that only an axis told apart', () => {
    const students = [0.1, 0.2].map((learningRate) => student(`s${learningRate}`, { optimizer: { learningRate } }))
    const sweep = { 'training.optimizer.learningRate': { values: [0.3, 0.4] } }
    expect(complaints(experimentWith({ students }))).toEqual([])
    expect(complaints(experimentWith({ students, sweep }))).toEqual([
      expect.stringContaining('students[1]: the same model under two names, "s0.2" and "s0.1"'),
    ])
  })
})
