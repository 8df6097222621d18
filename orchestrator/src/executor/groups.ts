// Decides which trials train as one group, by timing both ways on this machine before the sweep begins.
import type { Placement, TimeGroupResult, TrialId } from '@retort/schema/trial'
import { groupKey, kindOf } from '../plan/groupKey.ts'
import type { PlannedTrial } from '../plan/plan.ts'
import { teacherInStep } from '../plan/teacherInStep.ts'
import { teachersTextOf } from '../plan/teachersText.ts'
import type { Pool } from './pool.ts'

/** More members gain little, and one process's death costs all of them an attempt. */
const largest = 16
/** Fewer trials do not repay the timing. */
const fewest = 4
/** A group must be this many times as fast as its members one after the other. */
const worthwhile = 1.2

export interface TimedGroup {
  /** One of the trials. */
  trial: PlannedTrial
  members: number
  /** How many times as fast the members train as one after the other; null where they cannot train as a group. */
  gain: number | null
  pays: boolean
}

/** How many trials may train as one group with this one, itself included. */
export type GroupSize = (trial: PlannedTrial) => number

export const noGroups: GroupSize = () => 1

/**
 * @param trials that are to run
 * @param where they run, with the store's folder
 * @param planned all of the plan, by id
 * @param told hears of every kind of trial that was timed
 */
export async function timeGroups(
  trials: PlannedTrial[],
  planned: ReadonlyMap<TrialId, PlannedTrial>,
  ask: Pool['ask'],
  where: { placement: Placement; artifacts: string },
  told: (timed: TimedGroup) => void,
): Promise<GroupSize> {
  const sizes = new Map<string, number>()
  const timeOne = async ([kind, { trial, most }]: [string, Kind]) => {
    const { config } = trial
    if (config.role === 'given') return
    const members = Math.min(largest, most)
    const teacher = teacherInStep(trial, planned)
    const teachersText = teachersTextOf(trial, planned)
    // Sixteen at once may be what its memory is too short for; that says nothing of one at a time.
    const timed = await ask({ task: 'time group', config, teacher, teachersText, ...where, members }).catch(
      ({ message }: Error): TimeGroupResult => ({ alone: 0, together: null, problem: message }),
    )
    const gain = gainOf(timed)
    const pays = gain !== null && gain >= worthwhile
    if (pays) sizes.set(kind, members)
    told({ trial, members, gain, pays })
  }
  await Promise.all([...kindsOf(trials)].filter(([, { most }]) => most >= fewest).map(timeOne))
  return (trial) => {
    const kind = sizes.size === 0 ? null : kindOf(trial)
    return kind === null ? 1 : (sizes.get(kind) ?? 1)
  }
}

/** Trials of which one is timed for all. */
interface Kind {
  trial: PlannedTrial
  /** As many of them train together at most. */
  most: number
}

function kindsOf(trials: PlannedTrial[]): Map<string, Kind> {
  const together = new Map<string, number>()
  const kinds = new Map<string, Kind>()
  for (const trial of trials) {
    const [kind, key] = [kindOf(trial), groupKey(trial)]
    if (kind === null || key === null) continue
    const count = (together.get(key) ?? 0) + 1
    together.set(key, count)
    const known = kinds.get(kind) ?? { trial, most: 0 }
    kinds.set(kind, { ...known, most: Math.max(known.most, count) })
  }
  return kinds
}

const gainOf = ({ alone, together }: TimeGroupResult): number | null => (together === null ? null : alone / together)
