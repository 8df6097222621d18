// A sweep from what earlier runs have left to its last trial's end: finds out what is to run, and has it run.
import type { TrialId } from '@retort/schema/trialId'
import type { PlannedTrial } from '../plan/plan.ts'
import { createGrid } from '../search/samplers/grid.ts'
import { createRecorder, type Recorder } from '../store/record.ts'
import { type TrialState, trialStates } from '../store/state.ts'
import { drive } from './drive.ts'
import { isOther, placed } from './engines.ts'
import type { AttemptEnd, LogitsEnd } from './executor.ts'
import { type GroupingOf, noGroups, timeGroups } from './groups.ts'
import { createLogitsJobs } from './logitsJob.ts'
import { createNextJob } from './nextJob.ts'
import type { SweepOutcome } from './progress.ts'
import { createRequests } from './requests.ts'
import { hasLogits, type Resumption, resumption } from './resume.ts'
import { createSchedule } from './schedule.ts'
import type { RunSweepOptions } from './sweepOptions.ts'
import { createTally } from './tally.ts'
import { createTrainJobs } from './trainJob.ts'
import { openTransitions, type Sweep } from './transitions.ts'
import { trialRuns } from './trialRun.ts'

export async function runTrials(options: RunSweepOptions): Promise<SweepOutcome> {
  const {
    plan,
    store,
    executor,
    placement,
    retries,
    retryFailed,
    engineStrict = false,
    sampler: create = createGrid,
    stop,
    kill,
  } = options
  const tell = options.onProgress ?? (() => {})
  const ids = plan.trials.map(({ id }) => id)
  const states = trialStates(store.db, ids)
  const resumed = resumption(plan, states, store, { retryFailed, engineStrict, placement })
  const runs = trialRuns(plan.trials, states, resumed)
  const tally = createTally(runs)
  const recorder = createRecorder(store)
  takeBack(resumed, states, recorder)
  store.flush()
  const { again, engineNotes } = resumed
  tell({ type: 'planned', counts: tally.counts(), best: tally.best(), again, engineNotes })

  const planned = new Map(plan.trials.map((trial) => [trial.id, trial]))
  const timed = await timedGroups(options, resumed, planned)
  // What is compiled for a group has one batch size.
  const groupingOf: GroupingOf = (trial) => (runs.get(trial.id)!.batchSize === null ? timed(trial) : null)
  const ready = (teacher: TrialId) => {
    const { status, earlier } = runs.get(teacher)!
    const here = ({ logitsOn }: TrialState) => logitsOn !== null && !isOther(logitsOn, placement)
    return status === 'done' && hasLogits(earlier, store.folder) && (!engineStrict || here(earlier))
  }
  const schedule = createSchedule([], ready, groupingOf, executor.size)
  const sampler = create(resumed.run)
  const sweep: Sweep = { runs, store, recorder, schedule, sampler, tally, tell, on: placed(placement) }
  const transitions = openTransitions(sweep)
  const requests = createRequests(store, runs, planned, placement)
  const training = createTrainJobs(sweep, transitions, requests, executor)
  const logits = createLogitsJobs(sweep, transitions, requests, executor)
  const runOf = ({ id }: PlannedTrial) => runs.get(id)!

  const { next, requireNoWaiting } = createNextJob(sampler, schedule, transitions, runs)
  await drive(
    {
      next,
      start: ({ task, trials }) =>
        task === 'logits' ? logits.start(runOf(trials[0])) : training.start(trials.map(runOf)),
      started: ({ task, trials }, submission) =>
        task === 'logits'
          ? logits.started(runOf(trials[0]), submission)
          : training.started(trials.map(runOf), submission),
      ended: ({ task, trials }, submission, ends, stopping) =>
        task === 'logits'
          ? logits.ended(runOf(trials[0]), submission, ends[0] as LogitsEnd, { retries, stopping })
          : training.ended(trials.map(runOf), submission, ends as AttemptEnd[], { retries, stopping }),
      stopping: (jobs) => {
        const running = jobs.flatMap((job) => (job.task === 'train' ? job.trials : []))
        tell({ type: 'stopping', running })
      },
    },
    executor,
    stop,
    kill,
  )
  if (!stop?.aborted && !kill?.aborted) requireNoWaiting()
  store.flush()
  const counts = tally.counts()
  return { status: counts.pending > 0 ? 'interrupted' : 'done', counts }
}

/** What does not count any more is pending in the store, too, before anything runs. */
function takeBack(
  { run, again, anew }: Resumption,
  states: ReadonlyMap<TrialId, TrialState>,
  recorder: Recorder,
): void {
  for (const { id } of [...again.map(({ trial }) => trial), ...anew]) recorder.forget(id)
  for (const { id } of run) {
    const status = states.get(id)?.status
    if (status !== 'pending' && status !== 'done') recorder.trialEnded(id, { status: 'pending', reason: null })
  }
}

function timedGroups(
  { grouping, executor, placement, store, onProgress }: RunSweepOptions,
  { run }: Resumption,
  planned: ReadonlyMap<TrialId, PlannedTrial>,
): Promise<GroupingOf> | GroupingOf {
  if (grouping !== 'auto') return noGroups
  return timeGroups(run, planned, executor.ask, { placement, artifacts: store.folder }, (timed) =>
    onProgress?.({ type: 'timed', ...timed }),
  )
}
