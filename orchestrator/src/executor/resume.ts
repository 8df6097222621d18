// What earlier runs have left to do: which trials are reused as they are, and which run (again).
import { statSync } from 'node:fs'
import type { Artifact } from '@retort/schema/artifact'
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
  /** What those of them train with that had come to smaller batches than written. */
  batchSizes: Map<TrialId, number>
}

/** Those that go on from a checkpoint, or are to leave once more what they had left. Others begin as they are written. */
const goesOn: ReadonlySet<TrialStatus> = new Set(['pending', 'crashed', 'timed out', 'done'])

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
  const batchSizes: Resumption['batchSizes'] = new Map()
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
    if (state != null && state.reducedBatchSize !== null && goesOn.has(state.status)) {
      batchSizes.set(trial.id, state.reducedBatchSize)
    }
  }
  return { run, again, batchSizes }
}

/** Whether a trial's logits were computed and are there. */
export const hasLogits = ({ artifacts }: TrialState, folder: string): boolean =>
  artifacts.some((artifact) => artifact.kind === 'logits' && missingOf(artifact, folder) === null)

/** The first of a trial's artifacts that is not there in full, in words. Logits are computed again when needed. */
function missing({ artifacts }: TrialState, folder: string): string | null {
  for (const artifact of artifacts) {
    const reason = artifact.kind === 'logits' ? null : missingOf(artifact, folder)
    if (reason !== null) return reason
  }
  return null
}

function missingOf({ kind, hash, bytes }: Artifact, folder: string): string | null {
  const path = artifactPath(folder, hash)
  const file = statSync(path, { throwIfNoEntry: false })
  if (file === undefined) return `its ${kind} artifact is missing: ${path}`
  if (file.size !== bytes) return `its ${kind} artifact has ${file.size} bytes, expected ${bytes}: ${path}`
  return null
}
