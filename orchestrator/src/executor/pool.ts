// Runs trials in child processes, a lane each. However a process ends, its trial's attempt ends with an outcome and
// the pool lives on. Nothing here loads a tensor library: the worker is named by its URL.
import { inspect } from 'node:util'
import type {
  EvaluateRequest,
  EvaluateResult,
  LogitsRequest,
  LogitsResult,
  TrainGroupRequest,
  TrialCommand,
  TrialEvent,
  TrialRequest,
  TrialResult,
} from '@retort/schema/messages'
import type {
  InspectRequest,
  InspectResult,
  ProbeRequest,
  ProbeResult,
  ProfileRequest,
  ProfileResult,
  TimeGroupRequest,
  TimeGroupResult,
  TimeStepRequest,
  TimeStepResult,
} from '@retort/schema/questions'
import { isEvent, isLogitsResult, isMemberEvent, isResult } from './check.ts'
import type { Lane } from './lanes.ts'
import { type Death, openSlot, type Slot, type SlotTask } from './slot.ts'

export interface PoolOptions {
  /** A module whose default export answers requests. */
  workerUrl: URL
  lanes: Lane[]
  /** A process that sends nothing for so long is killed. */
  stallSeconds: number
}

/** What was seen of a process's end. */
type Lost = { outcome: 'crashed' | 'timed out'; reason: string }

/** What the trial said of its end, or what was seen of its process's. */
export type AttemptEnd = TrialResult | EvaluateResult | Lost
export type LogitsEnd = LogitsResult | Lost

/** One trial or a group of them in one process, or the computing of one's logits. */
export interface Running<End = AttemptEnd | LogitsEnd> {
  /** The lane's number, from 0. */
  lane: number
  pid: number
  /** One end for each trial, in order. Rejects only with what the listener threw. */
  ended: Promise<End[]>
  /** Asks all to write a checkpoint and end. */
  stop(): void
  /** Ends its process at once. */
  kill(): void
}

export interface Pool {
  size: number
  /** Lanes without a trial. */
  idle(): number
  /** Runs a trial, or several as one group, on an idle lane. */
  run(
    requests: TrialRequest[] | [EvaluateRequest],
    onEvent: (event: TrialEvent, member: number) => void,
  ): Running<AttemptEnd>
  /** Has a trial's logits computed on an idle lane. */
  run(requests: [LogitsRequest], onEvent: (event: TrialEvent) => void): Running<LogitsEnd>
  /**
   * Has a small task done in a child process.
   * @throws Error when the process dies, hangs or throws
   */
  ask(request: InspectRequest): Promise<InspectResult>
  ask(request: ProbeRequest): Promise<ProbeResult>
  ask(request: ProfileRequest): Promise<ProfileResult>
  ask(request: TimeGroupRequest): Promise<TimeGroupResult>
  ask(request: TimeStepRequest): Promise<TimeStepResult>
  /** Ends all child processes, busy ones too. */
  close(): Promise<void>
}

type Job = TrialRequest | EvaluateRequest | LogitsRequest
type Question = InspectRequest | ProbeRequest | ProfileRequest | TimeGroupRequest | TimeStepRequest

export function createPool({ workerUrl, lanes, stallSeconds }: PoolOptions): Pool {
  const slots: (Slot | null)[] = lanes.map(() => null)
  const free = lanes.map((_, lane) => lane).reverse()
  const busy = new Set<SlotTask>()
  const waiting: (() => void)[] = []

  /** Starts a task on the lane that was freed last, whose process has most likely compiled the same model. */
  function start(request: Job | TrainGroupRequest | Question, onMessage: (message: unknown) => void) {
    const lane = free.pop()
    if (lane === undefined) throw new Error(`all ${lanes.length} lanes of the pool are busy`)
    // A lane costs a process, so it is opened when it is first needed.
    slots[lane] ??= openSlot(workerUrl, lanes[lane]!.env)
    const slot = slots[lane]
    let stalled = false
    const stall = setTimeout(() => {
      stalled = true
      task.kill()
    }, stallSeconds * 1000)
    const task = slot.run(request, (message) => {
      stall.refresh()
      onMessage(message)
    })
    busy.add(task)
    const ended = task.ended.then((end) => {
      clearTimeout(stall)
      busy.delete(task)
      // What is left of its memory would be the next trial's trouble.
      if (end.type === 'answer' && [end.value].flat().some((value) => isOutOfMemory(value))) slot.renew()
      free.push(lane)
      waiting.shift()?.()
      return end
    })
    return { lane, task, ended, stalled: () => stalled }
  }

  function run(
    requests: TrialRequest[] | [EvaluateRequest] | [LogitsRequest],
    onEvent: (event: TrialEvent, member: number) => void,
  ): Running<never> {
    const [one] = requests as [Job]
    const request = requests.length === 1 ? one : { task: 'train group' as const, requests: requests as TrialRequest[] }
    const isExpected = one.task === 'logits' ? isLogitsResult : isResult
    const forAll = (end: Lost | LogitsResult) => requests.map(() => end)
    let over: { problem: string } | { thrown: unknown } | 'killed' | null = null
    let asking: NodeJS.Timeout | undefined
    const { lane, task, ended, stalled } = start(request, (message) => {
      if (over !== null) return
      try {
        if (isEvent(message) && requests.length === 1) return onEvent(message, 0)
        if (isMemberEvent(message, requests.length)) return onEvent(message.event, message.member)
        over = { problem: `its process sent what is no event: ${shown(message)}` }
      } catch (error) {
        over = { thrown: error }
      }
      task.kill()
    })
    const outcome = async (): Promise<(AttemptEnd | LogitsEnd)[]> => {
      const end = await ended.finally(() => clearInterval(asking))
      if (over !== null && over !== 'killed') {
        if ('thrown' in over) throw over.thrown
        return forAll({ outcome: 'crashed', reason: over.problem })
      }
      if (end.type === 'error') return forAll({ outcome: 'failed', reason: end.message })
      if (end.type === 'death') {
        if (stalled()) return forAll({ outcome: 'timed out', reason: `it reported nothing for ${stallSeconds} s` })
        // Ctrl-C reaches a process that is too young to ignore it.
        if (over === 'killed' || end.signal === 'SIGINT') return forAll({ outcome: 'interrupted' })
        const shortage = shortageIn(end.lastWords)
        if (shortage !== null) return forAll({ outcome: 'out of memory', reason: shortage })
        return forAll({ outcome: 'crashed', reason: describe(end) })
      }
      const results: unknown[] = Array.isArray(end.value) ? end.value : [end.value]
      if (results.length === requests.length && results.every((result) => isExpected(result)))
        return results as (TrialResult | LogitsResult)[]
      return forAll({ outcome: 'crashed', reason: `its process answered with ${shown(end.value)}` })
    }
    return {
      lane,
      pid: task.pid,
      // Which of the two ends it is follows from the requests.
      ended: outcome() as Promise<never[]>,
      stop: () => {
        const command: TrialCommand = { type: 'stop' }
        task.send(command)
        // Said until it is heard: a process that is still starting up does not listen yet.
        asking ??= setInterval(() => task.send(command), 200)
      },
      kill: () => {
        // Once it has ended, its process may have another trial.
        if (!busy.has(task)) return
        over ??= 'killed'
        task.kill()
      },
    }
  }

  async function ask(request: Question): Promise<never> {
    while (free.length === 0) await new Promise<void>((wake) => waiting.push(wake))
    const { ended, stalled } = start(request, () => {})
    const end = await ended
    if (end.type === 'answer') return end.value as never
    if (stalled()) throw new Error(`the process that was to ${request.task} said nothing for ${stallSeconds} s`)
    const cause = end.type === 'error' ? end.message : describe(end)
    throw new Error(`the process that was to ${request.task} failed: ${cause}`)
  }

  async function close(): Promise<void> {
    const last = [...busy].map((task) => task.ended)
    for (const task of busy) task.kill()
    await Promise.all(last)
    await Promise.all(slots.map((slot) => slot?.close()))
    slots.fill(null)
  }

  return { size: lanes.length, idle: () => free.length, run, ask, close }
}

const isOutOfMemory = (answer: unknown): boolean =>
  (isResult(answer) || isLogitsResult(answer)) && answer.outcome === 'out of memory'

/** What V8 and libtensorflow's allocators say before they, or what they gave nothing to, end the process; else null. */
function shortageIn(lastWords: string): string | null {
  const lines = lastWords.split('\n').filter((line) => !line.includes('this is not a failure'))
  return lines.find((line) => /heap out of memory|Allocator \(\S+\) ran out of memory/.test(line))?.trim() ?? null
}

/** `SIGSEGV`, or the exit code, and the last lines of standard error. */
function describe({ code, signal, lastWords }: Death): string {
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`
  return `its process ${how}${lastWords === '' ? '' : `; its last words: ${lastWords.split('\n').slice(-8).join('\n')}`}`
}

function shown(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY })
  return text.length > 200 ? `${text.slice(0, 200)} …` : text
}
