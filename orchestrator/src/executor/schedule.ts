// Which trial is next. Pure: it knows the plan and what has ended, and nothing of processes or the store.
import type { TrialId } from '@retort/schema/trial'
import { groupKey } from '../plan/groupKey.ts'
import type { PlannedTrial } from '../plan/plan.ts'
import { type GroupSize, noGroups } from './groups.ts'

export interface Schedule {
  /** The next trials for one lane, or null where all others wait or have been given out; several are one group. */
  next(): PlannedTrial[] | null
  /** Gives a trial out once more, before any other and by itself. */
  again(trial: PlannedTrial): void
  /** A teacher is done: its students may start. */
  release(teacher: TrialId): void
  /** A teacher will not be done: takes its students out and returns them. */
  drop(teacher: TrialId): PlannedTrial[]
}

/**
 * Trials are given out in the plan's order, students only once their teacher is done; so trials without a teacher
 * fill the lanes that would wait.
 * @param trials those that are to run, in the plan's order
 * @param done whether a teacher that is not among them is done
 * @param lanes among which what is left is shared out when groups would leave some of them without
 */
export function createSchedule(
  trials: PlannedTrial[],
  done: (teacher: TrialId) => boolean,
  groupSize: GroupSize = noGroups,
  lanes = 1,
): Schedule {
  interface Queue {
    trials: { trial: PlannedTrial; position: number }[]
    /** How many of them have been given out. */
    given: number
  }
  const waiting = new Map<TrialId, Queue>()
  const free: Queue = { trials: [], given: 0 }
  // Few: one for each teacher that is done, and one for trials without a teacher. Each is in the plan's order.
  let open: Queue[] = [free]
  const first: PlannedTrial[] = []
  const running = new Set(trials.map(({ id }) => id))

  for (const [position, trial] of trials.entries()) {
    const teacher = trial.teacherTrial
    if (teacher === null) free.trials.push({ trial, position })
    else {
      const queue = waiting.get(teacher) ?? { trials: [], given: 0 }
      queue.trials.push({ trial, position })
      waiting.set(teacher, queue)
    }
  }

  const release = (teacher: TrialId): void => {
    const queue = waiting.get(teacher)
    if (queue !== undefined) open.push(queue)
    waiting.delete(teacher)
  }
  for (const teacher of [...waiting.keys()]) if (!running.has(teacher) && done(teacher)) release(teacher)

  /** The queue's next trial, with those after it that train with it. */
  const take = (queue: Queue, most: number): PlannedTrial[] => {
    const head = queue.trials[queue.given]!.trial
    const size = Math.min(groupSize(head), most)
    const key = size > 1 ? groupKey(head) : null
    const taken = [head]
    queue.given++
    while (taken.length < size && queue.given < queue.trials.length) {
      const { trial } = queue.trials[queue.given]!
      if (groupKey(trial) !== key) break
      taken.push(trial)
      queue.given++
    }
    return taken
  }

  return {
    next: () => {
      const repeated = first.shift()
      if (repeated !== undefined) return [repeated]
      open = open.filter((queue) => queue.given < queue.trials.length)
      let best: Queue | null = null
      for (const queue of open) {
        if (best === null || queue.trials[queue.given]!.position < best.trials[best.given]!.position) best = queue
      }
      if (best === null) return null
      const left = open.reduce((sum, queue) => sum + queue.trials.length - queue.given, 0)
      return take(best, Math.ceil(left / lanes))
    },
    again: (trial) => first.push(trial),
    release,
    drop: (teacher) => {
      const queue = waiting.get(teacher)
      waiting.delete(teacher)
      return queue?.trials.map(({ trial }) => trial) ?? []
    },
  }
}
