// What leads a trial from one state to the next: each is one function, which writes its row in the store and tells of it.
//
//   waiting ──> pending ──> claimed ──> running ──> ended
//      │           ^                       │          ^
//      │           └────── retried ────────┘          │
//      └────────────────── skipped ───────────────────┘
import { rmSync } from 'node:fs'
import type { RanEngine } from '@retort/schema/engines'
import type { TrialId } from '@retort/schema/trialId'
import type { PlannedTrial } from '../plan/plan.ts'
import type { Sampler } from '../search/sampler.ts'
import type { AttemptOutcome, Recorder, TrialEnd } from '../store/record.ts'
import { checkpointPath, type Store } from '../store/store.ts'
import type { Place } from './executor.ts'
import type { SweepProgress } from './progress.ts'
import type { Relief } from './relief.ts'
import type { Schedule } from './schedule.ts'
import type { Tally } from './tally.ts'
import type { Phase, TrialRun, TrialRuns } from './trialRun.ts'

/** Who keeps what of a sweep while it runs. */
export interface Sweep {
  runs: TrialRuns
  store: Store
  recorder: Recorder
  schedule: Schedule
  sampler: Sampler
  tally: Tally
  tell: (progress: SweepProgress) => void
  /** Where trials are to run; null where their processes choose. */
  on: RanEngine | null
}

export interface Transitions {
  /** The search asks for them. */
  asked(trials: readonly PlannedTrial[]): void
  /** The logits that some wait for are there. */
  released(teacher: TrialId): void
  claimed(run: TrialRun): void
  running(run: TrialRun, place: Place): void
  /** An attempt is over; what it means for the trial is another transition. */
  attemptEnded(run: TrialRun, outcome: AttemptOutcome, reason: string | null): void
  retried(run: TrialRun, place: Place, reason: string, relief: Relief | null): void
  /**
   * With status pending it was interrupted.
   * @param place null where it has not run
   */
  ended(run: TrialRun, place: Place | null, end: TrialEnd): void
  /** @param what became of the one that they wait for: follows its name */
  followersSkipped(run: TrialRun, what: string): void
}

const after: { readonly [From in Phase]: readonly Phase[] } = {
  waiting: ['pending', 'ended'],
  pending: ['claimed'],
  claimed: ['running'],
  running: ['pending', 'ended'],
  ended: [],
}

function enter(run: TrialRun, phase: Phase): void {
  if (!after[run.phase].includes(phase))
    throw new Error(
      `trial ${run.trial.id} is ${run.phase}: expected ${after[run.phase].join(' or ')} next, got ${phase}`,
    )
  run.phase = phase
}

export function openTransitions({ runs, store, recorder, schedule, tally, tell, on }: Sweep): Transitions {
  const dropCheckpoint = ({ trial }: TrialRun) => rmSync(checkpointPath(store, trial.id), { force: true })

  function asked(trials: readonly PlannedTrial[]): void {
    schedule.add(trials)
    for (const { id } of schedule.held()) runs.get(id)!.phase = 'waiting'
    // What they learn from may have ended before, a moment ago at the earliest.
    store.flush()
    for (const run of runs.values()) if (run.phase === 'ended' && schedule.awaited(run.trial.id)) followed(run)
  }

  function released(teacher: TrialId): void {
    for (const { id } of schedule.release(teacher)) enter(runs.get(id)!, 'pending')
  }

  function claimed(run: TrialRun): void {
    enter(run, 'claimed')
    run.attempt += 1
    run.clock -= performance.now()
    if (run.unread) dropCheckpoint(run)
    run.unread = false
    run.stoppedAfter = null
  }

  function running(run: TrialRun, { pid }: Place): void {
    enter(run, 'running')
    const { trial, attempt: number, batchSize: reducedBatchSize } = run
    const { training } = trial.config
    const batchSize = reducedBatchSize ?? ('batchSize' in training ? training.batchSize : null)
    recorder.attemptStarted(trial.id, { number, pid, on, batchSize, reducedBatchSize })
    tally.move(run, 'running')
  }

  function attemptEnded(run: TrialRun, outcome: AttemptOutcome, reason: string | null): void {
    run.clock += performance.now()
    recorder.attemptEnded(run.trial.id, run.attempt, outcome, reason)
  }

  function retried(run: TrialRun, { lane }: Place, reason: string, relief: Relief | null): void {
    enter(run, 'pending')
    const { trial, attempt } = run
    if (relief === null) run.lost += 1
    else Object.assign(run, relief.less)
    recorder.trialEnded(trial.id, { status: 'pending', reason })
    tally.move(run, 'pending')
    schedule.again({ task: 'train', trials: [trial] })
    tell({ type: 'retrying', trial, attempt, lane, reason, counts: tally.counts() })
  }

  function ended(run: TrialRun, place: Place | null, end: TrialEnd): void {
    enter(run, 'ended')
    const { trial, batchSize: reducedBatchSize, clock } = run
    const { status, reason, results } = end
    run.reason = reason
    const settled = status === 'done' || status === 'diverged' || status === 'failed'
    // Only what is committed may lose its checkpoint.
    recorder.trialEnded(trial.id, end, settled ? () => dropCheckpoint(run) : undefined)
    const metrics = results?.metrics ?? null
    tally.move(run, status, metrics?.validationAccuracy)
    const awaited = schedule.awaited(trial.id)
    if (awaited) store.flush()
    const [counts, best] = [tally.counts(), tally.best()]
    const [lane, seconds] = [place?.lane ?? null, clock / 1000]
    tell({ type: 'finished', trial, lane, status, reason, metrics, reducedBatchSize, seconds, counts, best })
    if (awaited && status !== 'pending') followed(run)
  }

  function followed(run: TrialRun): void {
    const { status, reason } = run
    if (run.computing) return
    run.computing = status === 'done'
    if (status === 'done') schedule.again({ task: 'logits', trials: [run.trial] })
    else followersSkipped(run, `ended as ${status}${reason === null ? '' : `: ${reason}`}`)
  }

  function followersSkipped({ trial: { id, model } }: TrialRun, what: string): void {
    for (const follower of schedule.drop(id)) {
      const reason = `its ${follower.role === 'teacher' ? 'member' : 'teacher'} "${model}" ${what}`
      ended(runs.get(follower.id)!, null, { status: 'skipped', reason })
    }
  }

  return { asked, released, claimed, running, attemptEnded, retried, ended, followersSkipped }
}
