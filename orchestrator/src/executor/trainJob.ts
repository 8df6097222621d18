// A job that trains trials (or measures one that is given): from the claim to what their ends mean.
import type { EvaluateRequest, TrialEvent, TrialRequest } from '@retort/schema/messages'
import { isOther } from './engines.ts'
import { type Circumstances, judgeAttempt } from './judge.ts'
import type { AttemptEnd, Pool, Running } from './pool.ts'
import type { Requests } from './requests.ts'
import type { Sweep, Transitions } from './transitions.ts'
import type { TrialRun } from './trialRun.ts'

export function createTrainJobs(
  { recorder, tally, tell }: Sweep,
  { claimed, running, attemptEnded, retried, ended }: Transitions,
  requests: Requests,
  pool: Pool,
) {
  function heard(event: TrialEvent, run: TrialRun, lane: number): void {
    const { trial, attempt } = run
    recorder.event(trial.id, attempt, event)
    if (event.type === 'started') {
      run.engines = event.engines
      const engines = event.engines.filter((each) => isOther(each, event.ranOn))
      if (engines.length > 0) tell({ type: 'continued', trial, lane, engines })
    }
    if (event.type === 'progress' || event.type === 'epoch') tell({ ...event, trial, lane })
  }

  return {
    start(runs: TrialRun[]): Running<AttemptEnd> {
      for (const run of runs) claimed(run)
      const asked = runs.map(requests.trial) as TrialRequest[] | [EvaluateRequest]
      const started = pool.run(asked, (event, member) => heard(event, runs[member]!, started.lane))
      for (const run of runs) running(run, started.pid)
      return started
    },
    started(runs: TrialRun[], { lane, pid }: Running): void {
      const counts = tally.counts()
      for (const { trial, attempt } of runs) tell({ type: 'started', trial, attempt, lane, pid, counts })
    },
    ended(runs: TrialRun[], lane: number, ends: AttemptEnd[], circumstances: Circumstances): void {
      const grouped = runs.length > 1
      for (const [member, run] of runs.entries()) {
        const end = ends[member]!
        const verdict = judgeAttempt(run, end, { ...circumstances, grouped })
        attemptEnded(run, end.outcome, verdict.noted)
        if (verdict.next === 'again') retried(run, lane, verdict.reason, verdict.relief)
        else ended(run, lane, verdict.end)
      }
    },
  }
}
