// A job that computes the logits of a trial that is done, for those that learn from it.
import type { Executor, LogitsEnd, Submission } from './executor.ts'
import { type Circumstances, judgeLogits } from './judge.ts'
import type { Requests } from './requests.ts'
import type { Sweep, Transitions } from './transitions.ts'
import type { TrialRun } from './trialRun.ts'

export function createLogitsJobs(
  { store, recorder, schedule, tell, on }: Sweep,
  { released, followersSkipped }: Transitions,
  requests: Requests,
  executor: Executor,
) {
  return {
    start(run: TrialRun): Submission<LogitsEnd> {
      const { trial } = run
      const submission: Submission<LogitsEnd> = executor.submit(requests.logits(run), (event) => {
        if (event.type !== 'progress') return
        const { step, steps } = event
        tell({ type: 'computing', trial, lane: submission.place.lane, step, steps })
      })
      return submission
    },
    started({ trial }: TrialRun, { place: { lane } }: Submission): void {
      tell({ type: 'computing', trial, lane, step: 0, steps: 1 })
    },
    ended(run: TrialRun, { place: { lane } }: Submission, end: LogitsEnd, circumstances: Circumstances): void {
      const { trial } = run
      const verdict = judgeLogits(run, end, circumstances)
      run.computing = verdict.next === 'again'
      if (verdict.next === 'computed') {
        const { artifact, logits } = verdict.end
        recorder.logitsComputed(trial.id, artifact, logits, on)
        store.flush()
        tell({ type: 'computed', trial, lane, seconds: logits.seconds, again: null })
        return released(trial.id)
      }
      tell({ type: 'computed', trial, lane, seconds: null, again: verdict.next === 'again' ? verdict.reason : null })
      if (verdict.next === 'again') {
        if (verdict.relief === null) run.lostLogits += 1
        else Object.assign(run, verdict.relief.less)
        schedule.again({ task: 'logits', trials: [trial] })
      } else if (verdict.next === 'given up') {
        followersSkipped(run, `is done, but its logits could not be computed: ${verdict.reason}`)
      }
    },
  }
}
