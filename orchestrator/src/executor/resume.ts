// What earlier runs have left to do: which trials are reused as they are, and which run (again).
import { statSync } from 'node:fs'
import { artifactPath } from '@retort/schema/artifact'
import type { TrialStatus } from '@retort/schema/database'
import type { TrialId } from '@retort/schema/trial'
import type { Plan, PlannedTrial } from '../plan/plan.ts'
import type { TrialState } from '../store/state.ts'

export interface Resumption {
  /** To be run, in the plan's order. */
  run: PlannedTrial[]
  /** Done trials that have to run again, and why. */
  again: { trial: PlannedTrial; reason: string }[]
}

/** What a trial's configuration alone decides: it would end in the same way again. */
const settled: ReadonlySet<TrialStatus> = new Set(['diverged', 'failed'])

/**
 * @param states of all the plan's trials
 * @param folder the store's
 * @param retryFailed whether diverged and failed trials run again
 */
export function resumption(
  plan: Plan,
  states: ReadonlyMap<TrialId, TrialState>,
  folder: string,
  retryFailed: boolean,
): Resumption {
  const run: PlannedTrial[] = []
  const again: Resumption['again'] = []
  for (const trial of plan.trials) {
    const state = states.get(trial.id)
    if (state?.status === 'done') {
      const reason = missing(state, folder)
      if (reason === null) continue
      again.push({ trial, reason })
    } else if (state !== undefined && settled.has(state.status) && !retryFailed) {
      continue
    }
    run.push(trial)
  }
  return { run, again }
}

/** The first of a trial's artifacts that is not there in full, in words. */
function missing(state: TrialState, folder: string): string | null {
  for (const { kind, hash, bytes } of state.artifacts) {
    const path = artifactPath(folder, hash)
    const file = statSync(path, { throwIfNoEntry: false })
    if (file === undefined) return `its ${kind} artifact is missing: ${path}`
    if (file.size !== bytes) return `its ${kind} artifact has ${file.size} bytes, expected ${bytes}: ${path}`
  }
  return null
}
