// The heart of a running sweep: gives jobs to the pool, takes their ends, decides on retries, and stores it all.
import { rmSync } from 'node:fs'
import type { LogitsArtifact } from '@retort/schema/artifact'
import type { TrialStatus } from '@retort/schema/database'
import type { EvaluateRequest, LogitsRequest, TrialRequest } from '@retort/schema/messages'
import type { TrialConfig, TrialId } from '@retort/schema/trial'
import { needsOf } from '../plan/needs.ts'
import type { PlannedTrial } from '../plan/plan.ts'
import { teacherInStep } from '../plan/teacherInStep.ts'
import { createRecorder, type TrialEnd } from '../store/record.ts'
import { prepareLogits, prepareWeights, type TrialState, trialStates } from '../store/state.ts'
import { checkpointPath } from '../store/store.ts'
import { drive } from './drive.ts'
import { enginesOf, isOther, placed } from './engines.ts'
import { noGroups, timeGroups } from './groups.ts'
import type { AttemptEnd, LogitsEnd, Running } from './pool.ts'
import type { SweepOutcome } from './progress.ts'
import { createRelief } from './relief.ts'
import { hasLogits, resumption } from './resume.ts'
import type { RunSweepOptions } from './runSweep.ts'
import { createSchedule, type Job } from './schedule.ts'
import { createTally } from './tally.ts'

export async function runTrials(options: RunSweepOptions): Promise<SweepOutcome> {
  const { plan, store, pool, placement, retries, retryFailed, engineStrict = false, stop, kill } = options
  const tell = options.onProgress ?? (() => {})
  const states = trialStates(
    store.db,
    plan.trials.map(({ id }) => id),
  )
  const resumed = resumption(plan, states, store, { retryFailed, engineStrict, placement })
  const { run, again, anew, batchSizes, unread, engineNotes } = resumed
  const relief = createRelief(batchSizes)
  const tally = createTally(plan.trials, states, run)
  const recorder = createRecorder(store)
  const logitsOf = prepareLogits(store)
  const weightsOf = prepareWeights(store)
  const planned = new Map(plan.trials.map((trial) => [trial.id, trial]))
  const teachersLogits = new Map<TrialId, LogitsArtifact>()
  const attempts = new Map([...states].map(([id, state]) => [id, state.attempts.length]))
  /** What checkpoints were trained on. */
  const engines = new Map([...states].map(([id, state]) => [id, enginesOf(state) ?? []]))
  const on = placed(placement)
  const losses = new Map<TrialId, number>()
  const clock = new Map<TrialId, number>()

  for (const { id } of [...again.map(({ trial }) => trial), ...anew]) recorder.forget(id)
  for (const { id } of run) {
    const status = states.get(id)?.status
    if (status !== 'pending' && status !== 'done') recorder.trialEnded(id, { status: 'pending', reason: null })
  }
  store.flush()
  tell({ type: 'planned', counts: tally.counts(), best: tally.best(), again, engineNotes })
  const timedGrouping =
    options.grouping === 'auto'
      ? await timeGroups(run, planned, pool.ask, { placement, artifacts: store.folder }, (timed) =>
          tell({ type: 'timed', ...timed }),
        )
      : noGroups
  // What is compiled for a group has one batch size.
  const groupingOf = (trial: PlannedTrial) => (batchSizes.has(trial.id) ? null : timedGrouping(trial))
  const toRun = new Set(run.map(({ id }) => id))
  const ready = (teacher: TrialId) => {
    const state = states.get(teacher)!
    return tally.status(teacher) === 'done' && hasLogits(state, store.folder) && !(engineStrict && otherLogits(state))
  }
  const otherLogits = ({ logitsOn }: TrialState) => logitsOn === null || isOther(logitsOn, placement)
  const schedule = createSchedule(run, ready, groupingOf, pool.size)

  function requestFor(trial: PlannedTrial): TrialRequest | EvaluateRequest {
    const { config } = trial
    const common = { trial: trial.id, placement, artifacts: store.folder, ...relief.predicting(trial.id) }
    if (config.role === 'given') return { task: 'evaluate', ...common, config, members: needsOf(trial).map(logitsFrom) }
    return {
      task: 'train',
      ...common,
      config: withBatches(config, batchSizes.get(trial.id)),
      checkpoint: checkpointPath(store, trial.id),
      checkpointEngines: engines.get(trial.id) ?? [],
      logits: trial.teacherTrial === null ? null : logitsFrom(trial.teacherTrial),
      teacher: teacherFor(trial),
    }
  }

  /** Students that compare features have their teacher beside them; the others know it by its logits. */
  function teacherFor(trial: PlannedTrial): TrialRequest['teacher'] {
    const architecture = teacherInStep(trial, planned)
    if (architecture === null) return null
    const weights = weightsOf(trial.teacherTrial!)
    if (weights === null)
      throw new Error(`the store has no weights of teacher trial ${trial.teacherTrial}, which is done`)
    return { architecture, weights }
  }

  function logitsFrom(teacher: TrialId): LogitsArtifact {
    const logits = teachersLogits.get(teacher) ?? logitsOf(teacher)
    if (logits === null) throw new Error(`the store has no logits of teacher trial ${teacher}, which is done`)
    teachersLogits.set(teacher, logits)
    return logits
  }

  function logitsRequestFor(trial: PlannedTrial): LogitsRequest {
    const { id, config } = trial
    const weights = weightsOf(id)
    if (weights === null && config.role !== 'given') throw new Error(`the store has no weights of trial ${id}`)
    const members = config.role === 'given' ? needsOf(trial).map(logitsFrom) : []
    const common = { trial: id, placement, artifacts: store.folder, ...relief.predicting(id) }
    return { task: 'logits', ...common, config, weights, members }
  }

  function start(job: Job): Running {
    if (job.task === 'logits') {
      const [trial] = job.trials
      const started: Running = pool.run([logitsRequestFor(trial)], (event) => {
        if (event.type === 'progress') tell({ type: 'computing', trial, lane: started.lane, ...partOf(event) })
      })
      return started
    }
    const { trials } = job
    for (const { id } of trials) {
      attempts.set(id, (attempts.get(id) ?? 0) + 1)
      clock.set(id, (clock.get(id) ?? 0) - performance.now())
      if (unread.delete(id)) rmSync(checkpointPath(store, id), { force: true })
    }
    const started: Running = pool.run(trials.map(requestFor) as TrialRequest[], (event, member) => {
      const trial = trials[member]!
      recorder.event(trial.id, attempts.get(trial.id)!, event)
      if (event.type === 'started') {
        engines.set(trial.id, event.engines)
        const others = event.engines.filter((each) => isOther(each, event.ranOn))
        if (others.length > 0) tell({ type: 'continued', trial, lane: started.lane, engines: others })
      }
      if (event.type === 'progress' || event.type === 'epoch') tell({ ...event, trial, lane: started.lane })
    })
    for (const trial of trials) {
      const { training } = trial.config
      const reducedBatchSize = batchSizes.get(trial.id) ?? null
      const batchSize = reducedBatchSize ?? ('batchSize' in training ? training.batchSize : null)
      const number = attempts.get(trial.id)!
      recorder.attemptStarted(trial.id, { number, pid: started.pid, on, batchSize, reducedBatchSize })
      tally.move(trial, 'running')
    }
    return started
  }

  const started = ({ task, trials }: Job, { lane, pid }: Running) => {
    const counts = tally.counts()
    for (const trial of trials) {
      if (task === 'logits') tell({ type: 'computing', trial, lane, step: 0, steps: 1 })
      else tell({ type: 'started', trial, attempt: attempts.get(trial.id)!, lane, pid, counts })
    }
  }

  const jobEnded = (job: Job, lane: number, ends: (AttemptEnd | LogitsEnd)[], stopping: boolean): void => {
    if (job.task === 'logits') computed(job, lane, ends[0] as LogitsEnd, stopping)
    else {
      const grouped = job.trials.length > 1
      for (const [member, trial] of job.trials.entries()) {
        const end = ends[member] as AttemptEnd
        ended(trial, lane, end, stopping, stopping ? null : relief.forAttempt(trial, end, grouped))
      }
    }
  }

  /** The computing of a trial's logits has ended: those that wait for them may start, or it is tried again. */
  function computed(job: Extract<Job, { task: 'logits' }>, lane: number, end: LogitsEnd, stopping: boolean): void {
    const [trial] = job.trials
    if (end.outcome === 'computed') {
      recorder.logitsComputed(trial.id, end.artifact, end.logits, on)
      store.flush()
      tell({ type: 'computed', trial, lane, seconds: end.logits.seconds, again: null })
      return schedule.release(trial.id)
    }
    const again = (reason: string | null) => tell({ type: 'computed', trial, lane, seconds: null, again: reason })
    if (stopping) return again(null)
    const reason = end.outcome === 'interrupted' ? 'it was interrupted' : end.reason
    const relieved = relief.forLogits(trial, end)
    const lost = (losses.get(`logits ${trial.id}`) ?? 0) + (relieved === null ? 1 : 0)
    losses.set(`logits ${trial.id}`, lost)
    if (relieved !== null || (end.outcome !== 'failed' && lost <= retries)) {
      again(withRelief(reason, relieved))
      return schedule.again(job)
    }
    again(null)
    skipFollowers(trial, `is done, but its logits could not be computed: ${reason}`)
  }

  /**
   * An attempt has ended: either the trial is tried again, or it has ended with it.
   * @param relieved why the next attempt needs less memory: it costs no retry
   */
  function ended(trial: PlannedTrial, lane: number, end: AttemptEnd, stopping: boolean, relieved: string | null): void {
    const attempt = attempts.get(trial.id)!
    const found = 'reason' in end ? end.reason : null
    const reason = found && withRelief(found, relieved)
    clock.set(trial.id, clock.get(trial.id)! + performance.now())
    recorder.attemptEnded(trial.id, attempt, end.outcome, reason)
    if (end.outcome === 'done') {
      const results = { metrics: end.metrics, artifacts: end.artifacts }
      conclude(trial, lane, { status: 'done', reason: null, results })
      return
    }
    if (end.outcome === 'diverged' || end.outcome === 'failed') {
      conclude(trial, lane, { status: end.outcome, reason })
      return
    }
    if (stopping) {
      conclude(trial, lane, { status: 'pending', reason: null })
      return
    }
    if (relieved !== null) return tryAgain(trial, lane, reason!)
    const lost = (losses.get(trial.id) ?? 0) + 1
    losses.set(trial.id, lost)
    // Unasked, as when somebody sends its process a Ctrl-C of its own.
    const [outcome, why] =
      end.outcome === 'interrupted' ? (['crashed', 'it was interrupted'] as const) : [end.outcome, reason!]
    if (lost > retries) {
      const tries = attempt - (states.get(trial.id)?.attempts.length ?? 0)
      const batchSize = batchSizes.get(trial.id)
      const reduced = batchSize === undefined ? '' : `, with batches of ${batchSize}`
      conclude(trial, lane, {
        status: outcome,
        reason: tries === 1 ? why : `${why} (the last of ${tries} attempts${reduced})`,
      })
      return
    }
    tryAgain(trial, lane, why)
  }

  function tryAgain(trial: PlannedTrial, lane: number, reason: string): void {
    recorder.trialEnded(trial.id, { status: 'pending', reason })
    tally.move(trial, 'pending')
    schedule.again({ task: 'train', trials: [trial] })
    tell({ type: 'retrying', trial, attempt: attempts.get(trial.id)!, lane, reason, counts: tally.counts() })
  }

  function conclude(trial: PlannedTrial, lane: number | null, end: TrialEnd): void {
    const { status, reason, results } = end
    const settled = status === 'done' || status === 'diverged' || status === 'failed'
    // Only what is committed may lose its checkpoint.
    const committed = settled ? () => rmSync(checkpointPath(store, trial.id), { force: true }) : undefined
    recorder.trialEnded(trial.id, end, committed)
    const metrics = results?.metrics ?? null
    tally.move(trial, status, metrics?.validationAccuracy ?? undefined)
    const awaited = schedule.awaited(trial.id)
    if (awaited) store.flush()
    const seconds = (clock.get(trial.id) ?? 0) / 1000
    tell({
      type: 'finished',
      trial,
      lane,
      status,
      reason,
      metrics,
      reducedBatchSize: batchSizes.get(trial.id) ?? null,
      seconds,
      counts: tally.counts(),
      best: tally.best(),
    })
    if (!awaited || status === 'pending') return
    if (status === 'done') schedule.again({ task: 'logits', trials: [trial] })
    else skipFollowers(trial, endedAs(status, reason))
  }

  /** @param what became of the one whose logits they wait for: follows its name */
  function skipFollowers({ id, model }: PlannedTrial, what: string): void {
    for (const follower of schedule.drop(id)) {
      const reason = `its ${follower.role === 'teacher' ? 'member' : 'teacher'} "${model}" ${what}`
      conclude(follower, null, { status: 'skipped', reason })
    }
  }

  // Those that an earlier run settled: done without logits that somebody needs now, or not as done.
  for (const trial of plan.trials) {
    if (toRun.has(trial.id) || !schedule.awaited(trial.id)) continue
    const status = tally.status(trial.id)
    if (status === 'done') schedule.again({ task: 'logits', trials: [trial] })
    else skipFollowers(trial, endedAs(status, states.get(trial.id)?.reason ?? null))
  }

  const stopping = (jobs: Job[]) => {
    const running = jobs.flatMap((job) => (job.task === 'train' ? job.trials : []))
    tell({ type: 'stopping', running })
  }
  await drive({ idle: pool.idle, next: schedule.next, start, started, ended: jobEnded, stopping }, stop, kill)
  store.flush()
  const counts = tally.counts()
  return { status: counts.pending > 0 ? 'interrupted' : 'done', counts }
}

/** The trial's configuration, with another batch size where there is one. */
const withBatches = (config: TrialConfig, batchSize: number | undefined): TrialConfig =>
  batchSize === undefined ? config : { ...config, training: { ...config.training, batchSize } }

const withRelief = (reason: string, relieved: string | null): string =>
  relieved === null ? reason : `${reason.trimEnd()}; ${relieved}`

const endedAs = (status: TrialStatus, reason: string | null): string =>
  `ended as ${status}${reason === null ? '' : `: ${reason}`}`

const partOf = ({ step, steps }: { step: number; steps: number }) => ({ step, steps })
