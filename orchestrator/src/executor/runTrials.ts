// The heart of a running sweep: gives trials to the pool, takes their ends, decides on retries, and stores it all.
import { rmSync } from 'node:fs'
import type { TrialStatus } from '@retort/schema/database'
import type { LogitsArtifact, TrialId, TrialRequest } from '@retort/schema/trial'
import type { PlannedTrial } from '../plan/plan.ts'
import { layerPairsOf } from '../spec/objectives.ts'
import { createRecorder, type TrialEnd } from '../store/record.ts'
import { prepareLogits, prepareWeights, trialStates } from '../store/state.ts'
import { checkpointPath } from '../store/store.ts'
import { drive } from './drive.ts'
import { noGroups, timeGroups } from './groups.ts'
import type { AttemptEnd, Running } from './pool.ts'
import type { SweepOutcome } from './progress.ts'
import { resumption } from './resume.ts'
import type { RunSweepOptions } from './runSweep.ts'
import { createSchedule } from './schedule.ts'
import { createTally } from './tally.ts'

export async function runTrials(options: RunSweepOptions): Promise<SweepOutcome> {
  const { plan, store, pool, placement, retries, retryFailed, stop, kill } = options
  const tell = options.onProgress ?? (() => {})
  const states = trialStates(store, plan.name)
  const { run, again } = resumption(plan, states, store.folder, retryFailed)
  const tally = createTally(plan.trials, states, run)
  const recorder = createRecorder(store)
  const logitsOf = prepareLogits(store)
  const weightsOf = prepareWeights(store)
  const planned = new Map(plan.trials.map((trial) => [trial.id, trial]))
  const teachersLogits = new Map<TrialId, LogitsArtifact>()
  const attempts = new Map([...states].map(([id, state]) => [id, state.attempts]))
  const losses = new Map<TrialId, number>()
  const clock = new Map<TrialId, number>()

  for (const { trial } of again) recorder.forget(trial.id)
  for (const { id } of run) {
    const status = states.get(id)?.status
    if (status !== 'pending' && status !== 'done') recorder.trialEnded(id, { status: 'pending', reason: null })
  }
  store.flush()
  tell({ type: 'planned', counts: tally.counts(), best: tally.best(), again })
  const groupSize =
    options.grouping === 'auto'
      ? await timeGroups(run, pool.ask, placement, (timed) => tell({ type: 'timed', ...timed }))
      : noGroups
  const schedule = createSchedule(run, (teacher) => tally.status(teacher) === 'done', groupSize, pool.size)

  function requestFor(trial: PlannedTrial): TrialRequest {
    return {
      task: 'train',
      trial: trial.id,
      config: trial.config,
      placement,
      artifacts: store.folder,
      checkpoint: checkpointPath(store, trial.id),
      logits: trial.teacherTrial === null ? null : logitsFrom(trial.teacherTrial),
      teacher: teacherFor(trial),
    }
  }

  /** Students that compare features have their teacher beside them; the others know it by its logits. */
  function teacherFor({ config, teacherTrial }: PlannedTrial): TrialRequest['teacher'] {
    if (teacherTrial === null || layerPairsOf(config.distillation?.objective ?? []).length === 0) return null
    const weights = weightsOf(teacherTrial)
    if (weights === null) throw new Error(`the store has no weights of teacher trial ${teacherTrial}, which is done`)
    return { architecture: planned.get(teacherTrial)!.config.architecture, weights }
  }

  function logitsFrom(teacher: TrialId): LogitsArtifact {
    const logits = teachersLogits.get(teacher) ?? logitsOf(teacher)
    if (logits === null) throw new Error(`the store has no logits of teacher trial ${teacher}, which is done`)
    teachersLogits.set(teacher, logits)
    return logits
  }

  function start(trials: PlannedTrial[]): Running {
    for (const { id } of trials) {
      attempts.set(id, (attempts.get(id) ?? 0) + 1)
      clock.set(id, (clock.get(id) ?? 0) - performance.now())
    }
    const started = pool.run(trials.map(requestFor), (event, member) => {
      const trial = trials[member]!
      recorder.event(trial.id, attempts.get(trial.id)!, event, trial.teacherTrial ?? trial.id)
      if (event.type === 'progress' || event.type === 'epoch') tell({ ...event, trial, lane: started.lane })
    })
    for (const trial of trials) {
      recorder.attemptStarted(trial.id, attempts.get(trial.id)!, started.pid)
      tally.move(trial, 'running')
    }
    return started
  }

  const started = (trials: PlannedTrial[], { lane, pid }: Running) => {
    const counts = tally.counts()
    for (const trial of trials) tell({ type: 'started', trial, attempt: attempts.get(trial.id)!, lane, pid, counts })
  }

  const allEnded = (trials: PlannedTrial[], lane: number, ends: AttemptEnd[], stopping: boolean): void => {
    for (const [member, trial] of trials.entries()) ended(trial, lane, ends[member]!, stopping)
  }

  /** An attempt has ended: either the trial is tried again, or it has ended with it. */
  function ended(trial: PlannedTrial, lane: number, answer: AttemptEnd, stopping: boolean): void {
    const end = trial.role === 'teacher' ? withLogits(answer) : answer
    const attempt = attempts.get(trial.id)!
    const reason = 'reason' in end ? end.reason : null
    clock.set(trial.id, clock.get(trial.id)! + performance.now())
    recorder.attemptEnded(trial.id, attempt, end.outcome, reason)
    if (end.outcome === 'done') {
      const { metrics, artifacts, logits } = end
      const results = { metrics, artifacts, logits: trial.role === 'teacher' ? logits : null }
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
    const lost = (losses.get(trial.id) ?? 0) + 1
    losses.set(trial.id, lost)
    // Unasked, as when somebody sends its process a Ctrl-C of its own.
    const [outcome, why] =
      end.outcome === 'interrupted' ? (['crashed', 'it was interrupted'] as const) : [end.outcome, reason!]
    if (lost > retries) {
      const tries = lost === 1 ? '' : ` (the last of ${lost} attempts)`
      conclude(trial, lane, { status: outcome, reason: `${why}${tries}` })
      return
    }
    recorder.trialEnded(trial.id, { status: 'pending', reason: why })
    tally.move(trial, 'pending')
    schedule.again(trial)
    tell({ type: 'retrying', trial, attempt, lane, reason: why, counts: tally.counts() })
  }

  function conclude(trial: PlannedTrial, lane: number | null, end: TrialEnd): void {
    const { status, reason, results } = end
    const settled = status === 'done' || status === 'diverged' || status === 'failed'
    // Only what is committed may lose its checkpoint.
    const committed = settled ? () => rmSync(checkpointPath(store, trial.id), { force: true }) : undefined
    recorder.trialEnded(trial.id, end, committed)
    const metrics = results?.metrics ?? null
    tally.move(trial, status, metrics?.validationAccuracy)
    if (trial.role === 'teacher') store.flush()
    const seconds = (clock.get(trial.id) ?? 0) / 1000
    tell({
      type: 'finished',
      trial,
      lane,
      status,
      reason,
      metrics,
      seconds,
      counts: tally.counts(),
      best: tally.best(),
    })
    if (trial.role !== 'teacher' || status === 'pending') return
    if (status === 'done') schedule.release(trial.id)
    else skipStudents(trial, status, reason)
  }

  function skipStudents(teacher: PlannedTrial, status: TrialStatus, reason: string | null): void {
    const why = `its teacher "${teacher.model}" ended as ${status}${reason === null ? '' : `: ${reason}`}`
    for (const student of schedule.drop(teacher.id)) conclude(student, null, { status: 'skipped', reason: why })
  }

  // Teachers that an earlier run settled, and not as done.
  const toRun = new Set(run.map(({ id }) => id))
  for (const trial of plan.trials) {
    const status = tally.status(trial.id)
    if (trial.role !== 'teacher' || status === 'done' || toRun.has(trial.id)) continue
    skipStudents(trial, status, states.get(trial.id)?.reason ?? null)
  }

  const stopping = (trials: PlannedTrial[]) => tell({ type: 'stopping', running: trials })
  await drive({ idle: pool.idle, next: schedule.next, start, started, ended: allEnded, stopping }, stop, kill)
  store.flush()
  const counts = tally.counts()
  return { status: counts.pending > 0 ? 'interrupted' : 'done', counts }
}

/** A teacher that left no logits has not done what its students wait for. */
function withLogits(end: AttemptEnd): AttemptEnd {
  if (end.outcome !== 'done') return end
  const { logits, artifacts } = end
  if (logits === null) return { outcome: 'failed', reason: 'it ended as done, but without the logits of a teacher' }
  if (artifacts.some(({ kind, hash }) => kind === 'logits' && hash === logits.artifact)) return end
  return { outcome: 'failed', reason: `its logits, artifact ${logits.artifact}, are not among its artifacts` }
}
