// Reads what the scheduler needs to know of earlier runs, for all trials of a plan at once.

import type { Artifact, ArtifactHash, LogitsArtifact } from '@retort/schema/artifact'
import { artifacts, attempts, logits, measurements, type TrialStatus, trials } from '@retort/schema/database'
import type { RanEngine } from '@retort/schema/engines'
import { asTrained } from '@retort/schema/measurements'
import type { Reader } from '@retort/schema/open'
import type { TrialId } from '@retort/schema/trialId'
import { and, asc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Store } from './store.ts'

export interface TrialState {
  status: TrialStatus
  reason: string | null
  validationAccuracy: number | null
  /** Each of them, the first one first. */
  attempts: Attempt[]
  /** Of the last of them, where it was smaller than written. */
  reducedBatchSize: number | null
  artifacts: Artifact[]
  /** What computed its logits last; null where there are none, or that is not known. */
  logitsOn: RanEngine | null
}

export type Attempt = typeof attempts.$inferSelect

/** What is known of these trials, as it is committed; nothing of those that the store does not have. */
export function trialStates(db: Reader, ids: readonly TrialId[]): Map<TrialId, TrialState> {
  const states = new Map<TrialId, TrialState>()
  const asked = JSON.stringify(ids)
  const isAsked = (id: SQLiteColumn): SQL => sql`${id} IN (SELECT value FROM json_each(${asked}))`
  const known = db
    .select({
      id: trials.id,
      status: trials.status,
      reason: trials.reason,
      validationAccuracy: measurements.value,
      reducedBatchSize: trials.reducedBatchSize,
    })
    .from(trials)
    .leftJoin(
      measurements,
      and(
        eq(measurements.trial, trials.id),
        eq(measurements.variant, asTrained.variant),
        eq(measurements.condition, asTrained.condition),
        eq(measurements.metric, 'validationAccuracy'),
      ),
    )
    .where(isAsked(trials.id))
    .all()
  for (const { id, ...state } of known) states.set(id, { ...state, attempts: [], artifacts: [], logitsOn: null })
  const started = db
    .select(getTableColumns(attempts))
    .from(attempts)
    .where(isAsked(attempts.trial))
    .orderBy(asc(attempts.trial), asc(attempts.number))
    .all()
  for (const attempt of started) states.get(attempt.trial)!.attempts.push(attempt)
  const left = db
    .select({
      trial: artifacts.trial,
      kind: artifacts.kind,
      hash: artifacts.hash,
      bytes: artifacts.bytes,
      engine: logits.engine,
      device: logits.device,
    })
    .from(artifacts)
    .leftJoin(logits, eq(logits.artifact, artifacts.hash))
    .where(isAsked(artifacts.trial))
    .all()
  for (const { trial, engine, device, ...artifact } of left) {
    const state = states.get(trial)!
    state.artifacts.push(artifact)
    if (engine !== null && device !== null) state.logitsOn = { engine, device }
  }
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
