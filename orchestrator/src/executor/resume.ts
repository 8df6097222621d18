// What earlier runs have left to do: which trials are reused as they are, and which run (again).
import { existsSync, statSync } from 'node:fs'
import type { Artifact } from '@retort/schema/artifact'
import { artifactPath } from '@retort/schema/artifact'
import type { TrialStatus } from '@retort/schema/database'
import type { Placement } from '@retort/schema/messages'
import type { TrialId } from '@retort/schema/trialId'
import type { Plan, PlannedTrial } from '../plan/plan.ts'
import type { TrialState } from '../store/state.ts'
import { checkpointPath, type Store } from '../store/store.ts'
import { type EngineNote, type EngineVerdict, engineVerdicts, notesOf } from './engines.ts'

export interface Resumption {
  /** To be run, in the plan's order. */
  run: PlannedTrial[]
  /** Done trials that have to run again, and why. */
  again: { trial: PlannedTrial; reason: string }[]
  /** Done trials whose results do not count, for the engine's sake. */
  anew: PlannedTrial[]
  /** What those that run train with that had come to smaller batches than written. */
  batchSizes: Map<TrialId, number>
  /** Those that do not go on from the checkpoint that they have. */
  unread: Set<TrialId>
  engineNotes: EngineNote[]
}

export interface ResumeOptions {
  /** Whether diverged and failed trials run again. */
  retryFailed: boolean
  /** Whether what another engine had a part in does not count as done. */
  engineStrict: boolean
  placement: Placement
}

/** Those that go on from a checkpoint, or are to leave once more what they had left. Others begin as they are written. */
const goesOn: ReadonlySet<TrialStatus> = new Set(['pending', 'stopped early', 'crashed', 'timed out', 'done'])

/** What a trial's configuration and engine decide: it would end in the same way again. */
const settled: ReadonlySet<TrialStatus> = new Set(['diverged', 'failed'])

/** For which a trial begins as it is written. */
const begins: ReadonlySet<EngineVerdict> = new Set(['retried', 'anew', 'follower', 'restarted'])

/** @param states of all the plan's trials */
export function resumption(
  plan: Plan,
  states: ReadonlyMap<TrialId, TrialState>,
  store: Pick<Store, 'folder'>,
  { retryFailed, engineStrict, placement }: ResumeOptions,
): Resumption {
  const run: PlannedTrial[] = []
  const again: Resumption['again'] = []
  const anew: PlannedTrial[] = []
  const batchSizes: Resumption['batchSizes'] = new Map()
  const unread: Resumption['unread'] = new Set()
  const verdicts = engineVerdicts(plan, states, placement, engineStrict)
  for (const trial of plan.trials) {
    const { id } = trial
    const state = states.get(id)
    const verdict = verdicts.get(id)?.verdict
    const fresh = verdict !== undefined && begins.has(verdict)
    if (state?.status === 'done' && fresh) anew.push(trial)
    else if (state?.status === 'done') {
      const reason = missing(state, store.folder)
      if (reason === null) continue
      verdicts.delete(id)
      again.push({ trial, reason })
    } else if (verdict === 'restarted') {
      if (existsSync(checkpointPath(store, id))) unread.add(id)
      else verdicts.delete(id)
    } else if (state !== undefined && settled.has(state.status) && !retryFailed && !fresh) {
      continue
    }
    run.push(trial)
    if (state != null && state.reducedBatchSize !== null && goesOn.has(state.status) && !fresh) {
      batchSizes.set(id, state.reducedBatchSize)
    }
  }
  return { run, again, anew, batchSizes, unread, engineNotes: notesOf(verdicts) }
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
