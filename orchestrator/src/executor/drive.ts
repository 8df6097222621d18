// The event loop of a sweep: keeps the executor busy until nothing is left or an interrupt says stop, and sees to it that
// nothing runs on when something here fails.
import type { End, Executor, Submission } from './executor.ts'
import type { Job } from './schedule.ts'

export interface Work {
  next(): Job | null
  start(job: Job): Submission
  /** Called once it counts as running: this may be when somebody decides to stop. */
  started(job: Job, submission: Submission): void
  /**
   * @param ends one for each of the job's trials
   * @param stopping whether no job starts any more
   */
  ended(job: Job, submission: Submission, ends: End[], stopping: boolean): void
  stopping(running: Job[]): void
}

/**
 * @param stop has running trials write a checkpoint and end
 * @param kill has them end at once
 * @throws what `work` throws, once nothing runs any more
 */
export async function drive(
  work: Work,
  executor: Pick<Executor, 'idle'>,
  stop?: AbortSignal,
  kill?: AbortSignal,
): Promise<void> {
  /** By the submission's id. */
  const running = new Map<string, { job: Job; submission: Submission }>()
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
        for (const { submission } of running.values()) submission.kill()
      }
    }
    if (running.size === 0) finish()
  }

  const fill = (): void => {
    while (!stopping && executor.idle() > 0) {
      const job = work.next()
      if (job === null) return
      const submission = work.start(job)
      running.set(submission.id, { job, submission })
      const left = (act: () => void) => {
        running.delete(submission.id)
        guarded(act)
      }
      submission.ended.then(
        (ends) =>
          left(() => {
            work.ended(job, submission, ends, stopping)
            fill()
          }),
        (error: unknown) =>
          left(() => {
            throw error
          }),
      )
      work.started(job, submission)
    }
  }

  const onStop = (): void => {
    if (stopping) return
    stopping = true
    guarded(() => work.stopping([...running.values()].map(({ job }) => job)))
    for (const { submission } of running.values()) submission.stop()
  }
  const onKill = (): void => {
    onStop()
    for (const { submission } of running.values()) submission.kill()
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
