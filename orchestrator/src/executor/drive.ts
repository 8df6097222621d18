// Keeps the lanes busy until nothing is left or an interrupt says stop, and sees to it that nothing runs on when
// something here fails.
import type { AttemptEnd, LogitsEnd, Running } from './pool.ts'
import type { Job } from './schedule.ts'

export interface Work {
  /** Lanes without a job. */
  idle(): number
  next(): Job | null
  start(job: Job): Running
  /** Called once it counts as running: this may be when somebody decides to stop. */
  started(job: Job, running: Running): void
  /**
   * @param ends one for each of the job's trials
   * @param stopping whether no job starts any more
   */
  ended(job: Job, lane: number, ends: (AttemptEnd | LogitsEnd)[], stopping: boolean): void
  stopping(running: Job[]): void
}

/**
 * @param stop has running trials write a checkpoint and end
 * @param kill has them end at once
 * @throws what `work` throws, once nothing runs any more
 */
export async function drive(work: Work, stop?: AbortSignal, kill?: AbortSignal): Promise<void> {
  const running = new Map<Job, Running>()
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
      const job = work.next()
      if (job === null) return
      const started = work.start(job)
      running.set(job, started)
      const left = (act: () => void) => {
        running.delete(job)
        guarded(act)
      }
      started.ended.then(
        (ends) =>
          left(() => {
            work.ended(job, started.lane, ends, stopping)
            fill()
          }),
        (error: unknown) =>
          left(() => {
            throw error
          }),
      )
      work.started(job, started)
    }
  }

  const onStop = (): void => {
    if (stopping) return
    stopping = true
    guarded(() => work.stopping([...running.keys()]))
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
