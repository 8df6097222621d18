// Keeps the lanes busy until nothing is left or an interrupt says stop, and sees to it that nothing runs on when
// something here fails.
import type { PlannedTrial } from '../plan/plan.ts'
import type { AttemptEnd, Running } from './pool.ts'

export interface Work {
  /** Lanes without a trial. */
  idle(): number
  /** Trials for one lane; several are one group. */
  next(): PlannedTrial[] | null
  start(trials: PlannedTrial[]): Running
  /** Called once they count as running: this may be when somebody decides to stop. */
  started(trials: PlannedTrial[], running: Running): void
  /**
   * @param ends one for each trial
   * @param stopping whether no trial starts any more
   */
  ended(trials: PlannedTrial[], lane: number, ends: AttemptEnd[], stopping: boolean): void
  stopping(running: PlannedTrial[]): void
}

/**
 * @param stop has running trials write a checkpoint and end
 * @param kill has them end at once
 * @throws what `work` throws, once nothing runs any more
 */
export async function drive(work: Work, stop?: AbortSignal, kill?: AbortSignal): Promise<void> {
  const running = new Map<PlannedTrial[], Running>()
  let stopping = false
  let failure: { error: unknown } | null = null
  let finish = () => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })

  const guarded = (act: () => void): void => {
    if (failure === null) {
      try {
        act()
      } catch (error) {
        failure = { error }
        for (const each of running.values()) each.kill()
      }
    }
    if (running.size === 0) finish()
  }

  const fill = (): void => {
    while (!stopping && work.idle() > 0) {
      const trials = work.next()
      if (trials === null) return
      const started = work.start(trials)
      running.set(trials, started)
      const left = (act: () => void) => {
        running.delete(trials)
        guarded(act)
      }
      started.ended.then(
        (ends) =>
          left(() => {
            work.ended(trials, started.lane, ends, stopping)
            fill()
          }),
        (error: unknown) =>
          left(() => {
            throw error
          }),
      )
      work.started(trials, started)
    }
  }

  const onStop = (): void => {
    if (stopping) return
    stopping = true
    guarded(() => work.stopping([...running.keys()].flat()))
    for (const each of running.values()) each.stop()
  }
  const onKill = (): void => {
    onStop()
    for (const each of running.values()) each.kill()
  }

  stop?.addEventListener('abort', onStop)
  kill?.addEventListener('abort', onKill)
  try {
    if (stop?.aborted) onStop()
    if (kill?.aborted) onKill()
    guarded(fill)
    await finished
  } finally {
    stop?.removeEventListener('abort', onStop)
    kill?.removeEventListener('abort', onKill)
  }
  if (failure !== null) throw (failure as { error: unknown }).error
}
