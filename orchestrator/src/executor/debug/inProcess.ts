// The executor for debugging: trials run in this process, one at a time, where a debugger's breakpoints hold them. What
// ends a child process ends the sweep here, and nothing is cut off for being silent: somebody may be looking at it.
import type { Ask, Question } from '../ask.ts'
import type { End, Executor, Hear, Request, Submission } from '../executor.ts'
import { createHearing } from '../hearing.ts'

/** A worker's way to tell and be told, as trial/channel.ts has it. */
interface Line {
  emit(message: unknown): void
  stopRequested(member?: number): boolean
}

type Worker = (request: Request | Question, line: () => Line) => Promise<unknown>

/** @param workerUrl a module whose default export answers requests, on a line that it is given; loaded when first needed */
export function createDebugExecutor(workerUrl: URL): Executor {
  let worker: Promise<Worker> | undefined
  let current: { submission: Submission; over: Promise<unknown> } | null = null
  let submitted = 0

  // Not loaded by name: this process has no tensor library unless it is asked to debug.
  const load = (): Promise<Worker> => (worker ??= import(workerUrl.href).then((module) => module.default))

  function submit(request: Request, hear: Hear): Submission<never> {
    if (current !== null) throw new Error(`submission ${current.submission.id} runs, and only one does at a time`)
    const hearing = createHearing(request, hear)
    const stopped = new Set<number>()
    let stop = false
    const line: Line = {
      emit: (message) => {
        if (!hearing.message(message)) throw new Error('the trial is over')
      },
      stopRequested: (member = 0) => {
        if (hearing.over !== null) throw new Error('the trial is over')
        return stop || stopped.has(member)
      },
    }
    const run = async (): Promise<End[]> => {
      try {
        const answer = await (await load())(request, () => line)
        return hearing.over === 'killed' ? hearing.forAll({ outcome: 'interrupted' }) : hearing.answered(answer)
      } catch (error) {
        const outcome: End =
          hearing.over === 'killed'
            ? { outcome: 'interrupted' }
            : { outcome: 'failed', reason: error instanceof Error ? error.message : String(error) }
        return hearing.forAll(outcome)
      }
    }
    const ended = run().then((ends) => {
      current = null
      return hearing.ends() ?? ends
    })
    const submission: Submission<never> = {
      id: String(++submitted),
      place: { lane: 0, pid: process.pid },
      ended: ended as Promise<never[]>,
      stop: (member) => {
        if (member === undefined) stop = true
        else stopped.add(member)
      },
      // It ends at its next step: a process cannot kill a part of itself.
      kill: () => {
        hearing.over ??= 'killed'
      },
    }
    current = { submission, over: ended }
    return submission
  }

  const ask = async (request: Question): Promise<never> => {
    const noLine = (): never => {
      throw new Error(`a question has no line: ${request.task}`)
    }
    return (await (
      await load()
    )(request, noLine)) as never
  }

  async function close(): Promise<void> {
    current?.submission.kill()
    await current?.over.catch(() => {})
  }

  return { size: 1, idle: () => (current === null ? 1 : 0), submit, ask: ask as Ask, close }
}
