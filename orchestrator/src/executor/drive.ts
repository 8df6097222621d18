// Keeps the lanes busy until nothing is left or an interrupt says stop, and sees to it that nothing runs on when
// something here fails.
import type { PlannedTrial } from '../plan/plan.ts'
import type { AttemptEnd, RunningTrial } from './pool.ts'

export interface Work {
  /** Lanes without a trial. */
  idle(): number
  next(): PlannedTrial | null
  start(trial: PlannedTrial): RunningTrial
  /** Called once it counts as running: this may be when somebody decides to stop. */
  started(trial: PlannedTrial, running: RunningTrial): void
  /** @param stopping whether no trial starts any more */
  ended(trial: PlannedTrial, lane: number, end: AttemptEnd, stopping: boolean): void
  stopping(running: PlannedTrial[]): void
}

/**
 * @param stop has running trials write a checkpoint and end
 * @param kill has them end at once
 * @throws what `work` throws, once nothing runs any more
 */
export async function drive(work: Work, stop?: AbortSignal, kill?: AbortSignal): Promise<void> {
  const running = new Map<PlannedTrial, RunningTrial>()
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
        for (const trial of running.values()) trial.kill()
      }
    }
    if (running.size === 0) finish()
  }

  const fill = (): void => {
    while (!stopping && work.idle() > 0) {
      const trial = work.next()
      if (trial === null) return
      const started = work.start(trial)
      running.set(trial, started)
      const left = (act: () => void) => {
        running.delete(trial)
        guarded(act)
      }
      started.ended.then(
        (end) =>
          left(() => {
            work.ended(trial, started.lane, end, stopping)
            fill()
          }),
        (error: unknown) =>
          left(() => {
            throw error
          }),
      )
      work.started(trial, started)
    }
  }

  const onStop = (): void => {
    if (stopping) return
    stopping = true
    guarded(() => work.stopping([...running.keys()]))
    for (const trial of running.values()) trial.stop()
  }
  const onKill = (): void => {
    onStop()
    for (const trial of running.values()) trial.kill()
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
