// Reads what the scheduler needs to know of earlier runs, for all trials of a sweep at once.

import type { Artifact, ArtifactHash, LogitsArtifact } from '@retort/schema/artifact'
import { artifacts, attempts, logits, sweepTrials, type TrialStatus, trials } from '@retort/schema/database'
import type { TrialId } from '@retort/schema/trial'
import { and, eq, max, sql } from 'drizzle-orm'
import type { Store } from './store.ts'

export interface TrialState {
  status: TrialStatus
  reason: string | null
  validationAccuracy: number | null
  /** How many there have been. */
  attempts: number
  /** Of the last of them, where it was smaller than written. */
  reducedBatchSize: number | null
  artifacts: Artifact[]
}

/** State of each of the sweep's trials, as it is committed. */
export function trialStates(store: Store, sweep: string): Map<TrialId, TrialState> {
  const { db } = store
  const states = new Map<TrialId, TrialState>()
  const known = db
    .select({
      id: trials.id,
      status: trials.status,
      reason: trials.reason,
      validationAccuracy: trials.validationAccuracy,
      reducedBatchSize: trials.reducedBatchSize,
      attempts: sql<number>`coalesce((${db
        .select({ last: max(attempts.number) })
        .from(attempts)
        .where(eq(attempts.trial, trials.id))}), 0)`,
    })
    .from(sweepTrials)
    .innerJoin(trials, eq(trials.id, sweepTrials.trial))
    .where(eq(sweepTrials.sweep, sweep))
    .all()
  for (const { id, ...state } of known) states.set(id, { ...state, artifacts: [] })
  const left = db
    .select({ trial: artifacts.trial, kind: artifacts.kind, hash: artifacts.hash, bytes: artifacts.bytes })
    .from(sweepTrials)
    .innerJoin(artifacts, eq(artifacts.trial, sweepTrials.trial))
    .where(eq(sweepTrials.sweep, sweep))
    .all()
  for (const { trial, ...artifact } of left) states.get(trial)?.artifacts.push(artifact)
  return states
}

/** The weights that a trial has left, or null where there are none. */
export function prepareWeights(store: Store): (trial: TrialId) => ArtifactHash | null {
  const query = store.db
    .select({ hash: artifacts.hash })
    .from(artifacts)
    .where(and(eq(artifacts.trial, sql.placeholder('trial')), eq(artifacts.kind, 'weights')))
    .prepare()
  return (trial) => query.get({ trial })?.hash ?? null
}

/** The logits of a trial that were computed last, or null where there are none. */
export function prepareLogits(store: Store): (teacher: TrialId) => LogitsArtifact | null {
  const query = store.db
    .select({
      key: logits.key,
      artifact: logits.artifact,
      trainSamples: logits.trainSamples,
      testSamples: logits.testSamples,
      classes: logits.classes,
      aligned: logits.aligned,
      seconds: logits.seconds,
    })
    .from(artifacts)
    .innerJoin(logits, eq(logits.artifact, artifacts.hash))
    .where(and(eq(artifacts.trial, sql.placeholder('teacher')), eq(artifacts.kind, 'logits')))
    .prepare()
  return (teacher) => query.get({ teacher }) ?? null
}
