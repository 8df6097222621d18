// A job that trains trials (or measures one that is given): from the claim to what their ends mean.
import type { TrialEvent, TrialRequest } from '@retort/schema/messages'
import { isOther } from './engines.ts'
import type { AttemptEnd, Executor, Submission } from './executor.ts'
import { type Circumstances, judgeAttempt } from './judge.ts'
import type { Requests } from './requests.ts'
import type { Sweep, Transitions } from './transitions.ts'
import type { TrialRun } from './trialRun.ts'

export function createTrainJobs(
  { recorder, tally, tell, sampler }: Sweep,
  { claimed, running, attemptEnded, retried, ended }: Transitions,
  requests: Requests,
  executor: Executor,
) {
  function heard(event: TrialEvent, run: TrialRun, member: number, submission: Submission): void {
    const { trial, attempt } = run
    const { lane } = submission.place
    recorder.event(trial.id, attempt, event)
    if (event.type === 'started') {
      run.engines = event.engines
      const engines = event.engines.filter((each) => isOther(each, event.ranOn))
      if (engines.length > 0) tell({ type: 'continued', trial, lane, engines })
    }
    if (event.type === 'progress' || event.type === 'epoch') tell({ ...event, trial, lane })
    if (event.type === 'epoch' && sampler.tell({ trial, record: event.record }) === 'stop') {
      run.stoppedAfter ??= event.record.epoch
      submission.stop(member)
    }
  }

  return {
    start(runs: TrialRun[]): Submission<AttemptEnd> {
      for (const run of runs) claimed(run)
      const asked = runs.map(requests.trial)
      const request =
        asked.length === 1 ? asked[0]! : ({ task: 'train group', requests: asked as TrialRequest[] } as const)
      const submission: Submission<AttemptEnd> = executor.submit(request, (event, member) =>
        heard(event, runs[member]!, member, submission),
      )
      for (const run of runs) running(run, submission.place)
      return submission
    },
    started(runs: TrialRun[], { place }: Submission): void {
      const counts = tally.counts()
      for (const { trial, attempt } of runs) tell({ type: 'started', trial, attempt, ...place, counts })
    },
    ended(runs: TrialRun[], { place }: Submission, ends: AttemptEnd[], circumstances: Circumstances): void {
      const grouped = runs.length > 1
      for (const [member, run] of runs.entries()) {
        const end = ends[member]!
        const verdict = judgeAttempt(run, end, { ...circumstances, grouped })
        attemptEnded(run, end.outcome, verdict.noted)
        if (verdict.next === 'again') retried(run, place, verdict.reason, verdict.relief)
        else ended(run, place, verdict.end)
      }
    },
  }
}
