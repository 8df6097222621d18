// Decides which trials train as one group, by timing both ways on this machine before the sweep begins.
import type { Placement } from '@retort/schema/messages'
import type { TimeGroupResult } from '@retort/schema/questions'
import type { TrialId } from '@retort/schema/trialId'
import { groupKey } from '../plan/groupKey.ts'
import type { PlannedTrial } from '../plan/plan.ts'
import { teacherInStep } from '../plan/teacherInStep.ts'
import { teachersTextOf } from '../plan/teachersText.ts'
import type { Ask } from './ask.ts'

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

export interface Grouping {
  /** Equal for trials that may train as one group. */
  key: string
  /** How many of them at most. */
  size: number
}

/** What groups a trial may train in; null where it trains by itself. */
export type GroupingOf = (trial: PlannedTrial) => Grouping | null

export const noGroups: GroupingOf = () => null

/**
 * @param trials that are to run
 * @param where they run, with the store's folder
 * @param planned all of the plan, by id
 * @param told hears of every kind of trial that was timed
 */
export async function timeGroups(
  trials: PlannedTrial[],
  planned: ReadonlyMap<TrialId, PlannedTrial>,
  ask: Ask,
  where: { placement: Placement; artifacts: string },
  told: (timed: TimedGroup) => void,
): Promise<GroupingOf> {
  const kinds = new Map<string, PlannedTrial[]>()
  for (const trial of trials) {
    const key = groupKey(trial)
    if (key === null) continue
    const alike = kinds.get(key)
    if (alike === undefined) kinds.set(key, [trial])
    else alike.push(trial)
  }
  const paying = new Map<string, { size: number; bySeed: boolean }>()
  const timeOne = async ([key, alike]: [string, PlannedTrial[]]) => {
    const trial = alike[0]!
    const { config } = trial
    if (config.role === 'given') return
    const teacher = teacherInStep(trial, planned)
    const teachersText = teachersTextOf(trial, planned)
    const { members, sameSeed, bySeed } = largestOf(alike, teacher !== null)
    const request = { task: 'time group', config, teacher, teachersText, ...where, members, sameSeed } as const
    // Sixteen at once may be what its memory is too short for; that says nothing of one at a time.
    const timed = await ask(request).catch(
      ({ message }: Error): TimeGroupResult => ({ alone: 0, together: null, problem: message }),
    )
    const gain = gainOf(timed)
    const pays = gain !== null && gain >= worthwhile
    if (pays) paying.set(key, { size: members, bySeed })
    told({ trial, members, gain, pays })
  }
  await Promise.all([...kinds].filter(([, alike]) => alike.length >= fewest).map(timeOne))
  return (trial) => {
    const kind = paying.size === 0 ? null : groupKey(trial)
    const found = kind === null ? undefined : paying.get(kind)
    if (found === undefined) return null
    return { key: found.bySeed ? `${kind} ${trial.config.seed}` : `${kind}`, size: found.size }
  }
}

/**
 * The largest group that trials of a kind form. Those of one seed see the same batches, on which a teacher in their step
 * runs once for all of them; so where it does and one seed has enough of them, groups are of one seed.
 */
function largestOf(alike: PlannedTrial[], teacherInStep: boolean) {
  const counts = new Map<number, number>()
  for (const { config } of alike) counts.set(config.seed, (counts.get(config.seed) ?? 0) + 1)
  const ofOneSeed = Math.max(...counts.values())
  const bySeed = teacherInStep && ofOneSeed >= fewest
  return {
    members: Math.min(largest, bySeed ? ofOneSeed : alike.length),
    sameSeed: bySeed || counts.size === 1,
    bySeed,
  }
}

const gainOf = ({ alone, together }: TimeGroupResult): number | null => (together === null ? null : alone / together)
