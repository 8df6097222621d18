// Decides which trials train as one group, by timing both ways on this machine before the sweep begins.
import type { Placement } from '@retort/schema/messages'
import type { TimeGroupResult } from '@retort/schema/questions'
import type { TrialId } from '@retort/schema/trial'
import { groupKey } from '../plan/groupKey.ts'
import type { PlannedTrial } from '../plan/plan.ts'
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
  const kinds = new Map<string, PlannedTrial[]>()
  for (const trial of trials) {
    const key = groupKey(trial)
    if (key === null) continue
    const alike = kinds.get(key)
    if (alike === undefined) kinds.set(key, [trial])
    else alike.push(trial)
  }
  const sizes = new Map<string, number>()
  const timeOne = async ([key, alike]: [string, PlannedTrial[]]) => {
    const trial = alike[0]!
    const { config } = trial
    if (config.role === 'given') return
    const members = Math.min(largest, alike.length)
    const teachersText = teachersTextOf(trial, planned)
    // Sixteen at once may be what its memory is too short for; that says nothing of one at a time.
    const timed = await ask({ task: 'time group', config, teachersText, ...where, members }).catch(
      ({ message }: Error): TimeGroupResult => ({ alone: 0, together: null, problem: message }),
    )
    const gain = gainOf(timed)
    const pays = gain !== null && gain >= worthwhile
    if (pays) sizes.set(key, members)
    told({ trial, members, gain, pays })
  }
  await Promise.all([...kinds].filter(([, alike]) => alike.length >= fewest).map(timeOne))
  return (trial) => {
    const key = sizes.size === 0 ? null : groupKey(trial)
    return key === null ? 1 : (sizes.get(key) ?? 1)
  }
}

const gainOf = ({ alone, together }: TimeGroupResult): number | null => (together === null ? null : alone / together)
