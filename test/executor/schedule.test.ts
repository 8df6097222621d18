// The order in which trials are given out.
import { createSchedule } from '@retort/orchestrator/executor/schedule'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { planOf } from './plans.ts'

it('gives out teachers and trials without one, then what each teacher releases, in the plan’s order', () => {
  const { trials } = planOf({ teachers: 2, students: 1, baselines: 2 })
  const schedule = createSchedule(trials, () => false)
  const roles = () => {
    const next = schedule.next()
    return next === null ? null : `${next.role} ${next.model} ${next.teacher ?? ''}`.trim()
  }
  expect([roles(), roles(), roles()]).toEqual(['teacher teacher-0', 'teacher teacher-1', 'baseline student-0'])
  schedule.release(trials[1]!.id)
  expect(roles()).toBe('student student-0 teacher-1')
  expect([roles(), roles(), roles()]).toEqual(['baseline student-1', 'student student-1 teacher-1', null])
  expect(schedule.drop(trials[0]!.id).map(({ model }) => model)).toEqual(['student-0', 'student-1'])
  schedule.release(trials[0]!.id)
  expect(roles()).toBe(null)
})

it('whatever the lanes do: each trial is given out once, and none before its teacher is done', () => {
  const shapes = fc.record({ teachers: fc.nat(3), students: fc.nat(3), baselines: fc.integer({ min: 1, max: 4 }) })
  fc.assert(
    fc.property(shapes, fc.infiniteStream(fc.nat()), (shape, choices) => {
      const { trials } = planOf(shape)
      const schedule = createSchedule(trials, () => false)
      const running: typeof trials = []
      const ended: string[] = []
      for (;;) {
        const next = schedule.next()
        if (next !== null) {
          expect(ended).not.toContain(next.id)
          if (next.teacherTrial !== null) expect(ended).toContain(next.teacherTrial)
          running.push(next)
        }
        if (running.length === 0) break
        const choice = choices.next().value!
        if (next !== null && choice % 2 === 0) continue
        const [done] = running.splice(choice % running.length, 1)
        if (choice % 7 === 0) {
          schedule.again(done!)
          expect(schedule.next()).toBe(done)
        }
        ended.push(done!.id)
        if (done!.role === 'teacher') schedule.release(done!.id)
      }
      expect(ended.toSorted()).toEqual(trials.map(({ id }) => id).toSorted())
    }),
  )
})

it('students of a teacher that was done before may start at once', () => {
  const { trials } = planOf({ students: 2 })
  const schedule = createSchedule(trials.slice(1), (teacher) => teacher === trials[0]!.id)
  expect([schedule.next(), schedule.next(), schedule.next()]).toEqual(trials.slice(1))
})
