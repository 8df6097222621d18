// What runs trials for a sweep: it takes requests and gives back what is heard of them. Where and how is its own affair.
import type {
  EvaluateRequest,
  EvaluateResult,
  LogitsRequest,
  LogitsResult,
  TrainGroupRequest,
  TrialEvent,
  TrialRequest,
  TrialResult,
} from '@retort/schema/messages'
import type { Ask } from './ask.ts'

/** What was seen of the end of a trial that did not live to tell. */
export type Lost = { outcome: 'crashed' | 'timed out'; reason: string }

/** What the trial said of its end, or what was seen of it. */
export type AttemptEnd = TrialResult | EvaluateResult | Lost
export type LogitsEnd = LogitsResult | Lost
export type End = AttemptEnd | LogitsEnd

export type Request = TrialRequest | EvaluateRequest | TrainGroupRequest | LogitsRequest

/** Where a submission runs, for whoever looks: shown while it runs, and kept with the attempt. The sweep goes by none of it. */
export interface Place {
  /** Which of those that run at a time, from 0. */
  lane: number
  pid: number
}

/** One trial, a group of them, or the computing of one's logits. */
export interface Submission<Ends extends End = End> {
  /** Its name among the executor's. */
  id: string
  place: Place
  /** One end for each trial, in order. Rejects only with what was thrown by whoever heard of it. */
  ended: Promise<Ends[]>
  /** Asks one of its trials, or all, to write a checkpoint and end. */
  stop(member?: number): void
  /** Ends them without a checkpoint, as soon as can be. */
  kill(): void
}

/** What hears of a trial's events, by its place among the request's; never before `submit` has returned. */
export type Hear = (event: TrialEvent, member: number) => void

export interface Executor {
  /** How many submissions run at a time. */
  size: number
  /** How many more may be made now. */
  idle(): number
  /** @throws Error when none is idle */
  submit(request: LogitsRequest, hear: Hear): Submission<LogitsEnd>
  submit(request: Exclude<Request, LogitsRequest>, hear: Hear): Submission<AttemptEnd>
  /** Has something found out where trials run. */
  ask: Ask
  /** Ends whatever runs. */
  close(): Promise<void>
}
