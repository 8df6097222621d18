// Which job is next. Pure: it knows the plan and what has ended, and nothing of processes or the store.
import type { TrialId } from '@retort/schema/trialId'
import { needsOf } from '../plan/needs.ts'
import type { PlannedTrial } from '../plan/plan.ts'
import { type GroupingOf, noGroups } from './groups.ts'

/** Work for one lane: trials to run, of which several are one group, or the logits of a trial that is done. */
export type Job = { task: 'train'; trials: PlannedTrial[] } | { task: 'logits'; trials: [PlannedTrial] }

export interface Schedule {
  /** Takes in more trials, in the plan's order. */
  add(trials: readonly PlannedTrial[]): void
  /** The next job, or null where all others wait or have been given out. */
  next(): Job | null
  /** Gives work out once more, before any other and by itself. */
  again(job: Job): void
  /** Whether trials wait for this one's logits. */
  awaited(teacher: TrialId): boolean
  /** Those that wait for logits. */
  held(): PlannedTrial[]
  /** A trial's logits are there: those that wait for nothing else may start, and are returned. */
  release(teacher: TrialId): PlannedTrial[]
  /** A trial's logits will not be there: takes out those that wait for them and returns them. */
  drop(teacher: TrialId): PlannedTrial[]
}

interface Placed {
  trial: PlannedTrial
  position: number
}

interface Queue {
  /** In the plan's order. */
  trials: Placed[]
  /** How many of them have been given out. */
  given: number
}

/**
 * Trials are given out in the plan's order, those that learn only once their teacher's logits are there; so trials
 * without a teacher fill the lanes that would wait. Trials that train together stand where the first of them does.
 * @param trials the first of those that are to run, in the plan's order
 * @param hasLogits whether those of a trial that does not run are there
 * @param lanes among which what is left is shared out when groups would leave some of them without
 */
export function createSchedule(
  trials: readonly PlannedTrial[],
  hasLogits: (teacher: TrialId) => boolean,
  groupingOf: GroupingOf = noGroups,
  lanes = 1,
): Schedule {
  /** By the first of their needs that is not met. */
  const waiting = new Map<TrialId, Queue>()
  /** Those of them that need several trials. */
  const joint = new Set<Placed>()
  const met = new Set<TrialId>()
  /** One for each trial whose logits are there, and one for trials without a teacher; that with the first trial last. */
  const open: Queue[] = []
  const first: Job[] = []
  const known = new Set<TrialId>()
  let left = 0

  const positionOf = (queue: Queue): number => queue.trials[queue.given]!.position
  const openQueue = (queue: Queue): void => {
    if (queue.given === queue.trials.length) return
    const position = positionOf(queue)
    let low = 0
    for (let high = open.length; low < high; ) {
      const middle = (low + high) >> 1
      if (positionOf(open[middle]!) > position) low = middle + 1
      else high = middle
    }
    open.splice(low, 0, queue)
  }
  const wait = (need: TrialId, placed: Placed): void => {
    const queue = waiting.get(need)
    if (queue === undefined) waiting.set(need, { trials: [placed], given: 0 })
    else queue.trials.push(placed)
  }
  const release = (teacher: TrialId): PlannedTrial[] => {
    met.add(teacher)
    const queue = waiting.get(teacher)
    if (queue === undefined) return []
    waiting.delete(teacher)
    const ready = queue.trials.filter((placed) => {
      const need = joint.has(placed) ? needsOf(placed.trial).find((each) => !met.has(each)) : undefined
      if (need === undefined) return true
      wait(need, placed)
      waiting.get(need)!.trials.sort((one, other) => one.position - other.position)
      return false
    })
    for (const placed of ready) joint.delete(placed)
    left += ready.length
    openQueue({ trials: gathered(ready, groupingOf), given: 0 })
    return ready.map(({ trial }) => trial)
  }

  const add = (added: readonly PlannedTrial[]): void => {
    const free: Placed[] = []
    for (const trial of added) {
      const placed = { trial, position: known.size }
      known.add(trial.id)
      const unmet = needsOf(trial).filter((need) => !met.has(need))
      if (unmet.length > 1) joint.add(placed)
      if (unmet.length === 0) free.push(placed)
      else wait(unmet[0]!, placed)
    }
    left += free.length
    openQueue({ trials: gathered(free, groupingOf), given: 0 })
    const earlier = new Set(added.flatMap(needsOf))
    for (const teacher of earlier) if (!known.has(teacher) && !met.has(teacher) && hasLogits(teacher)) release(teacher)
  }
  add(trials)

  /** The queue's next trial, with those after it that train with it. */
  const take = (queue: Queue, most: number): PlannedTrial[] => {
    const head = queue.trials[queue.given]!.trial
    const grouping = groupingOf(head)
    const size = Math.min(grouping?.size ?? 1, most)
    const taken = [head]
    queue.given++
    while (taken.length < size && queue.given < queue.trials.length) {
      const { trial } = queue.trials[queue.given]!
      if (groupingOf(trial)?.key !== grouping?.key) break
      taken.push(trial)
      queue.given++
    }
    return taken
  }

  return {
    add,
    next: () => {
      const repeated = first.shift()
      if (repeated !== undefined) return repeated
      const queue = open.pop()
      if (queue === undefined) return null
      const taken = take(queue, Math.ceil(left / lanes))
      left -= taken.length
      openQueue(queue)
      return { task: 'train', trials: taken }
    },
    again: (job) => first.push(job),
    held: () => [...waiting.values()].flatMap(({ trials }) => trials.map(({ trial }) => trial)),
    awaited: (teacher) => waiting.has(teacher) || [...joint].some(({ trial }) => needsOf(trial).includes(teacher)),
    release,
    drop: (teacher) => {
      const dropped = waiting.get(teacher)?.trials ?? []
      waiting.delete(teacher)
      for (const placed of joint) {
        if (dropped.includes(placed) || !needsOf(placed.trial).includes(teacher)) continue
        for (const queue of waiting.values()) queue.trials = queue.trials.filter((each) => each !== placed)
        dropped.push(placed)
      }
      for (const placed of dropped) joint.delete(placed)
      return dropped.map(({ trial }) => trial)
    },
  }
}

/** Those that train together one after the other, at the place of the first of them. */
function gathered(all: Placed[], groupingOf: GroupingOf): Placed[] {
  const groups = new Map<string | Placed, Placed[]>()
  for (const placed of all) {
    const key = groupingOf(placed.trial)?.key ?? placed
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [placed])
    else group.push(placed)
  }
  return [...groups.values()].flat()
}
