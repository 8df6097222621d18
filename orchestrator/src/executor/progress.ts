// What a running sweep tells the command line.
import type { TrialStatus } from '@retort/schema/database'
import type { RanEngine } from '@retort/schema/engines'
import type { EpochRecord, GivenMetrics } from '@retort/schema/metrics'
import type { PlannedTrial } from '../plan/plan.ts'
import type { EngineNote } from './engines.ts'
import type { TimedGroup } from './groups.ts'

/** How many of the sweep's trials are in each state. */
export type Counts = { [Status in TrialStatus]: number } & {
  total: number
  /** Of the done ones, those that were done before this run. */
  reused: number
}

/** The student or baseline with the highest validation accuracy so far. */
export interface Best {
  trial: PlannedTrial
  validationAccuracy: number
}

export type SweepProgress =
  /** First; `again` names trials that were done, with what is missing of them. */
  | {
      type: 'planned'
      counts: Counts
      best: Best | null
      again: { trial: PlannedTrial; reason: string }[]
      engineNotes: EngineNote[]
    }
  /** A kind of trial was timed, alone and as a group. */
  | ({ type: 'timed' } & TimedGroup)
  | { type: 'started'; trial: PlannedTrial; attempt: number; lane: number; pid: number; counts: Counts }
  /** It goes on from a checkpoint that was trained on these, which are not its engine. */
  | { type: 'continued'; trial: PlannedTrial; lane: number; engines: RanEngine[] }
  | { type: 'progress'; trial: PlannedTrial; lane: number; epoch: number; epochs: number; step: number; steps: number }
  | { type: 'epoch'; trial: PlannedTrial; lane: number; record: EpochRecord }
  /** The logits of a trial that is done are being computed, for those that learn from it; `step` of `steps` is done. */
  | { type: 'computing'; trial: PlannedTrial; lane: number; step: number; steps: number }
  /** Null where it failed: why, where it is tried `again`; else those that are skipped tell. */
  | { type: 'computed'; trial: PlannedTrial; lane: number; seconds: number | null; again: string | null }
  /** An attempt was lost, and the trial will be tried again. */
  | { type: 'retrying'; trial: PlannedTrial; attempt: number; lane: number; reason: string; counts: Counts }
  /** A trial has ended for this run; metrics where it is done. Status pending: it was interrupted. */
  | {
      type: 'finished'
      trial: PlannedTrial
      /** Null for trials that were skipped. */
      lane: number | null
      status: Exclude<TrialStatus, 'running'>
      reason: string | null
      metrics: GivenMetrics | null
      /** What it trained with where memory was short for the batch size that is written. */
      reducedBatchSize: number | null
      /** Of wall clock, this run's attempts together. */
      seconds: number
      counts: Counts
      best: Best | null
    }
  /** No trial starts any more; these are asked to write a checkpoint and end. */
  | { type: 'stopping'; running: PlannedTrial[] }

export interface SweepOutcome {
  status: 'done' | 'interrupted'
  counts: Counts
}
