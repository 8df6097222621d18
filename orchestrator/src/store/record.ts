// Writes what happens to trials. Statements are prepared once: compiling them would cost more than running them.

import type { Artifact, LogitsArtifact } from '@retort/schema/artifact'
import { artifacts, attempts, epochs, logits, type TrialStatus, trials } from '@retort/schema/database'
import { measuredNames } from '@retort/schema/definitions/derived'
import type { RanEngine } from '@retort/schema/engines'
import { asTrained, valuesOf } from '@retort/schema/measurements'
import type { TrialEvent } from '@retort/schema/messages'
import type { GivenMetrics } from '@retort/schema/metrics'
import type { TrialId } from '@retort/schema/trialId'
import { and, eq, gt, type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { Store } from './store.ts'

export type AttemptOutcome = (typeof attempts.$inferSelect)['outcome']

export interface TrialEnd {
  status: Exclude<TrialStatus, 'running'>
  reason: string | null
  /** Of a trial that is done. */
  results?: { metrics: GivenMetrics; artifacts: Artifact[] }
}

export interface AttemptStart {
  number: number
  pid: number
  /** Where it is to run; null where its process chooses. */
  on: RanEngine | null
  /** Samples of a step; null of what is not trained. */
  batchSize: number | null
  /** The same where it is smaller than written, else null. */
  reducedBatchSize: number | null
}

export interface Recorder {
  attemptStarted(trial: TrialId, start: AttemptStart): void
  event(trial: TrialId, attempt: number, event: TrialEvent): void
  /** @param on what computed them; null where that is not known */
  logitsComputed(trial: TrialId, artifact: Artifact, logits: LogitsArtifact, on: RanEngine | null): void
  attemptEnded(trial: TrialId, number: number, outcome: AttemptOutcome, reason: string | null): void
  /** @param committed called once it is sure to outlive this process */
  trialEnded(trial: TrialId, end: TrialEnd, committed?: () => void): void
  /** Takes back what a done trial left, because it has to run again. */
  forget(trial: TrialId): void
}

const place = sql.placeholder
/** A placeholder where drizzle's types want an expression. */
const given = (name: string): SQL => sql`${place(name)}`

const noDetails = { perClass: null, biasCorrection: null }

/** Of a trial that has not run, or whose process chooses where it will. */
const nowhere = { engine: null, device: null, threads: null, versions: null }

/** Statements that are prepared take JSON as its text. */
const detailsOf = ({ perClass, biasCorrection }: GivenMetrics) => ({
  perClass: perClass && JSON.stringify(perClass),
  biasCorrection: biasCorrection && JSON.stringify(biasCorrection),
})

export function createRecorder(store: Store): Recorder {
  const { db, write } = store
  const ofAttempt = and(eq(attempts.trial, place('trial')), eq(attempts.number, place('number')))
  const ofTrial = eq(trials.id, place('trial'))
  const placeAll = <Name extends string>(names: Name[]) =>
    Object.fromEntries(names.map((name): [string, Placeholder] => [name, place(name)])) as { [K in Name]: Placeholder }

  const startAttempt = db
    .insert(attempts)
    .values({
      ...placeAll(['trial', 'number', 'pid', 'engine', 'device', 'batchSize', 'startedAt']),
      outcome: 'running',
    })
    .prepare()
  const startTrial = db
    .update(trials)
    .set({
      ...noDetails,
      ...nowhere,
      status: 'running',
      reason: null,
      engine: given('engine'),
      device: given('device'),
      startedAt: given('startedAt'),
      finishedAt: null,
      reducedBatchSize: given('reducedBatchSize'),
    })
    .where(ofTrial)
    .prepare()
  const ranAttempt = db
    .update(attempts)
    .set({
      engine: given('engine'),
      device: given('device'),
      engines: given('engines'),
      resumedEpoch: given('resumedEpoch'),
    })
    .where(ofAttempt)
    .prepare()
  const ranTrial = db
    .update(trials)
    .set({ engine: given('engine'), device: given('device'), threads: given('threads'), versions: given('versions') })
    .where(ofTrial)
    .prepare()
  const dropEpochs = db
    .delete(epochs)
    .where(and(eq(epochs.trial, place('trial')), gt(epochs.epoch, place('resumedEpoch'))))
    .prepare()
  const epochColumns = [
    'trainLoss',
    'hardLoss',
    'softLoss',
    'validationLoss',
    'validationAccuracy',
    'learningRate',
    'seconds',
    'imagesPerSecond',
  ] as const
  const saveEpoch = db
    .insert(epochs)
    .values(placeAll(['trial', 'epoch', ...epochColumns]))
    .onConflictDoUpdate({
      target: [epochs.trial, epochs.epoch],
      set: Object.fromEntries(epochColumns.map((name) => [name, sql.raw(`excluded."${epochs[name].name}"`)])),
    })
    .prepare()
  const countComputed = db
    .insert(logits)
    .values({
      ...placeAll(['key', 'teacherTrial', 'artifact', 'trainSamples', 'testSamples', 'classes', 'aligned']),
      ...placeAll(['engine', 'device', 'seconds']),
      computed: 1,
      reads: 0,
    })
    .onConflictDoUpdate({
      target: logits.key,
      set: {
        artifact: sql`excluded.artifact`,
        engine: sql`excluded.engine`,
        device: sql`excluded.device`,
        computed: sql`${logits.computed} + 1`,
      },
    })
    .prepare()
  const countRead = db
    .update(logits)
    .set({ reads: sql`${logits.reads} + 1` })
    .where(eq(logits.key, place('key')))
    .prepare()
  const endAttempt = db
    .update(attempts)
    .set({ outcome: given('outcome'), reason: given('reason'), finishedAt: given('finishedAt') })
    .where(ofAttempt)
    .prepare()
  const endTrial = db
    .update(trials)
    .set({
      status: given('status'),
      reason: given('reason'),
      finishedAt: given('finishedAt'),
      perClass: given('perClass'),
      biasCorrection: given('biasCorrection'),
    })
    .where(ofTrial)
    .prepare()
  // One statement for all rows of a trial: a dozen would cost more than the rest of its end.
  const measure = db.$client.prepare(
    `INSERT INTO measurements (trial, variant, condition, metric, value)
    SELECT @trial, '${asTrained.variant}', '${asTrained.condition}', column1, column2
    FROM (VALUES ${measuredNames.map((name) => `('${name}', @${name})`).join(', ')}) WHERE column2 IS NOT NULL`,
  )
  const dropMeasurements = db.$client.prepare('DELETE FROM measurements WHERE trial = ?')
  const saveArtifact = db
    .insert(artifacts)
    .values(placeAll(['trial', 'kind', 'hash', 'bytes']))
    .onConflictDoUpdate({
      target: [artifacts.trial, artifacts.kind],
      set: { hash: sql`excluded.hash`, bytes: sql`excluded.bytes` },
    })
    .prepare()
  const leaveEngine = db.update(trials).set(nowhere).where(ofTrial).prepare()
  const dropArtifacts = db
    .delete(artifacts)
    .where(eq(artifacts.trial, place('trial')))
    .prepare()

  return {
    attemptStarted: (trial, { reducedBatchSize, on, ...start }) => {
      const startedAt = Date.now()
      const { engine, device } = on ?? nowhere
      write(() => {
        startAttempt.run({ trial, ...start, engine, device, startedAt })
        startTrial.run({ trial, startedAt, engine, device, reducedBatchSize })
        dropMeasurements.run(trial)
      })
    },
    event: (trial, number, event) => {
      if (event.type === 'started') {
        const { engine, device, threads, versions } = event.ranOn
        const resumedEpoch = event.resumedFrom?.epoch ?? 0
        const engines = JSON.stringify(event.engines)
        write(() => {
          ranAttempt.run({ trial, number, engine, device, engines, resumedEpoch })
          ranTrial.run({ trial, engine, device, threads, versions: JSON.stringify(versions) })
          // Of an earlier attempt, beyond the checkpoint: they will come again.
          dropEpochs.run({ trial, resumedEpoch })
        })
      } else if (event.type === 'epoch') {
        write(() => saveEpoch.run({ trial, ...event.record }))
      } else if (event.type === 'read') {
        write(() => countRead.run({ key: event.logits.key }))
      }
    },
    logitsComputed: (trial, { kind, hash, bytes }, found, on) =>
      write(() => {
        const { engine, device } = on ?? nowhere
        saveArtifact.run({ trial, kind, hash, bytes })
        countComputed.run({ ...found, teacherTrial: trial, engine, device })
      }),
    attemptEnded: (trial, number, outcome, reason) => {
      const finishedAt = Date.now()
      write(() => endAttempt.run({ trial, number, outcome, reason, finishedAt }))
    },
    trialEnded: (trial, { status, reason, results }, committed) => {
      const finishedAt = status === 'pending' ? null : Date.now()
      write(() => {
        const metrics = results?.metrics
        endTrial.run({ trial, status, reason, finishedAt, ...(metrics ? detailsOf(metrics) : noDetails) })
        dropMeasurements.run(trial)
        if (metrics) measure.run({ trial, ...valuesOf(metrics) })
        for (const { kind, hash, bytes } of results?.artifacts ?? []) saveArtifact.run({ trial, kind, hash, bytes })
      }, committed)
    },
    forget: (trial) =>
      write(() => {
        endTrial.run({ trial, status: 'pending', reason: null, finishedAt: null, ...noDetails })
        dropMeasurements.run(trial)
        leaveEngine.run({ trial })
        dropArtifacts.run({ trial })
      }),
  }
}
