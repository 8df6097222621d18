// Where the next job comes from: the schedule, and where that has none, what the search asks for.
import type { Sampler } from '../search/sampler.ts'
import type { Job, Schedule } from './schedule.ts'
import type { Transitions } from './transitions.ts'
import type { TrialRuns } from './trialRun.ts'

export interface NextJob {
  next(): Job | null
  /** @throws Error where the search waits for trials, once none runs */
  requireNoWaiting(): void
}

/** Asks the search at once, for its first trials. */
export function createNextJob(
  sampler: Sampler,
  schedule: Schedule,
  { asked }: Pick<Transitions, 'asked'>,
  runs: TrialRuns,
): NextJob {
  let answer: ReturnType<Sampler['ask']> = 'wait'
  const hasMore = (): boolean => {
    if (answer === 'done') return false
    answer = sampler.ask(runs)
    if (typeof answer === 'string') return false
    asked(answer)
    return true
  }
  hasMore()
  return {
    next: () => schedule.next() ?? (hasMore() ? schedule.next() : null),
    requireNoWaiting: () => {
      if (answer === 'wait') throw new Error('the search waits for a trial to end, and none runs')
    },
  }
}
