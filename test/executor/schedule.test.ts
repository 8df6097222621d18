// The order in which trials are given out.
import type { GroupingOf } from '@retort/orchestrator/executor/groups'
import { createSchedule } from '@retort/orchestrator/executor/schedule'
import { groupKey } from '@retort/orchestrator/plan/groupKey'
import { needsOf } from '@retort/orchestrator/plan/needs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { planOf } from './plans.ts'

/** Groups of so many trials of a kind. */
const groupsOf =
  (size: number): GroupingOf =>
  (trial) => {
    const key = groupKey(trial)
    return key === null ? null : { key, size }
  }

it('gives out teachers and trials without one, then what each teacher releases, in the plan’s order', () => {
  const { trials } = planOf({ teachers: 2, students: 1, baselines: 2 })
  const schedule = createSchedule(trials, () => false)
  const roles = () => {
    const next = schedule.next()?.trials[0] ?? null
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
  const shapes = fc
    .record({
      teachers: fc.nat(3),
      students: fc.nat(3),
      baselines: fc.integer({ min: 1, max: 4 }),
      followers: fc.nat(2),
      ensemble: fc.boolean(),
    })
    .map((shape) => ({ ...shape, ensemble: shape.ensemble && shape.teachers > 0 }))
  fc.assert(
    fc.property(shapes, fc.nat(5), fc.infiniteStream(fc.nat()), (shape, size, choices) => {
      const { trials } = planOf(shape)
      const schedule = createSchedule(trials, () => false, groupsOf(size), 2)
      const running: typeof trials = []
      const ended: string[] = []
      for (;;) {
        const next = schedule.next()
        for (const trial of next?.trials ?? []) {
          expect(ended).not.toContain(trial.id)
          for (const need of needsOf(trial)) expect(ended).toContain(need)
          running.push(trial)
        }
        if (next !== null && next.trials.length > 1) {
          expect(next.trials.length).toBeLessThanOrEqual(size)
          expect(new Set(next.trials.map(groupKey)).size).toBe(1)
        }
        if (running.length === 0) break
        const choice = choices.next().value!
        if (next !== null && choice % 2 === 0) continue
        const [done] = running.splice(choice % running.length, 1)
        if (choice % 7 === 0) {
          const job = { task: 'train' as const, trials: [done!] }
          schedule.again(job)
          expect(schedule.next()).toBe(job)
        }
        ended.push(done!.id)
        expect(schedule.awaited(done!.id)).toBe(trials.some((trial) => needsOf(trial).includes(done!.id)))
        if (schedule.awaited(done!.id)) schedule.release(done!.id)
      }
      expect(ended.toSorted()).toEqual(trials.map(({ id }) => id).toSorted())
    }),
  )
})

it('students of a teacher that was done before may start at once', () => {
  const { trials } = planOf({ students: 2 })
  const schedule = createSchedule(trials.slice(1), (teacher) => teacher === trials[0]!.id)
  expect([schedule.next(), schedule.next(), schedule.next()]).toEqual(
    trials.slice(1).map((trial) => ({ task: 'train', trials: [trial] })),
  )
})

it('trials of one kind are one group, shared out so that no lane is left without', () => {
  const { trials } = planOf({ students: 6, baselines: 2 })
  const sizes = (lanes: number, size: number) => {
    const schedule = createSchedule(trials.slice(1), () => true, groupsOf(size), lanes)
    const given: string[] = []
    for (let next = schedule.next(); next !== null; next = schedule.next()) {
      given.push(`${next.trials[0]!.role} ${next.trials[0]!.model} ${next.trials.length}`)
    }
    return given
  }
  const [one, other] = ['student-0', 'student-1'].map((model) => [`baseline ${model} 1`, `student ${model} 6`])
  expect(sizes(1, 16)).toEqual([...one!, ...other!])
  expect(sizes(1, 4)[1]).toBe('student student-0 4')
  // Of the six that are left at last, each of the three lanes gets its share.
  expect(sizes(3, 16).slice(-3)).toEqual(['student student-1 2', 'student student-1 1', 'student student-1 1'])
})

it('trials of a group go together wherever they stand', () => {
  const { trials } = planOf({ students: 5, seeds: 3 })
  // As a plan has them: all seeds of a temperature one after the other.
  const students = [1, 2, 3, 4, 5].flatMap((temperature) =>
    trials.filter(({ config }) => config.distillation?.temperature === temperature),
  )
  const bySeed: GroupingOf = ({ config }) => ({ key: `seed ${config.seed}`, size: 4 })
  const schedule = createSchedule(students, () => true, bySeed)
  const given: string[] = []
  for (let next = schedule.next(); next !== null; next = schedule.next()) {
    given.push(next.trials.map(({ config }) => config.seed).join(' '))
  }
  expect(given).toEqual(['1 1 1 1', '1', '2 2 2 2', '2', '3 3 3 3', '3'])
})
