// How the end of an attempt is judged: whether the trial has ended with it, or is tried again, and with what. Pure.
import type { TrialEnd } from '../store/record.ts'
import type { AttemptEnd, LogitsEnd } from './executor.ts'
import { type Relief, reliefOfAttempt, reliefOfLogits } from './relief.ts'
import type { TrialRun } from './trialRun.ts'

export interface Circumstances {
  /** How often a trial is tried again that was lost. */
  retries: number
  /** Whether nothing starts any more. */
  stopping: boolean
}

/** `noted` is the reason that the attempt's row has. */
export type Verdict = { noted: string | null } & (
  | { next: 'ended'; end: TrialEnd }
  /** Relief costs no retry. */
  | { next: 'again'; reason: string; relief: Relief | null }
)

export type LogitsVerdict =
  | { next: 'computed'; end: Extract<LogitsEnd, { outcome: 'computed' }> }
  | { next: 'again'; reason: string; relief: Relief | null }
  | { next: 'given up'; reason: string }
  /** Until the sweep goes on. */
  | { next: 'left' }

type Judged = Readonly<
  Pick<TrialRun, 'trial' | 'earlier' | 'attempt' | 'stoppedAfter' | 'lost' | 'batchSize' | 'predictionBatch'>
>

/** @param grouped whether it ran as one with others */
export function judgeAttempt(
  run: Judged,
  end: AttemptEnd,
  { retries, stopping, grouped }: Circumstances & { grouped: boolean },
): Verdict {
  const noted = 'reason' in end ? end.reason : null
  if (end.outcome === 'done') {
    const { metrics, artifacts } = end
    return { noted, next: 'ended', end: { status: 'done', reason: null, results: { metrics, artifacts } } }
  }
  if (end.outcome === 'diverged' || end.outcome === 'failed')
    return { noted, next: 'ended', end: { status: end.outcome, reason: noted } }
  if (end.outcome === 'interrupted' && run.stoppedAfter !== null) {
    const reason = `the search stopped it after epoch ${run.stoppedAfter} of ${run.trial.config.training.epochs}`
    return { noted: reason, next: 'ended', end: { status: 'stopped early', reason } }
  }
  if (stopping) return { noted, next: 'ended', end: { status: 'pending', reason: null } }
  const relief = reliefOfAttempt(run, end, grouped)
  if (relief !== null) {
    const reason = withRelief(noted!, relief)
    return { noted: reason, next: 'again', reason, relief }
  }
  // Unasked, as when somebody sends its process a Ctrl-C of its own.
  const [status, reason] =
    end.outcome === 'interrupted' ? (['crashed', 'it was interrupted'] as const) : [end.outcome, noted!]
  if (run.lost < retries) return { noted, next: 'again', reason, relief: null }
  return { noted, next: 'ended', end: { status, reason: `${reason}${triesText(run)}` } }
}

export function judgeLogits(
  run: Judged & Pick<TrialRun, 'lostLogits'>,
  end: LogitsEnd,
  { retries, stopping }: Circumstances,
): LogitsVerdict {
  if (end.outcome === 'computed') return { next: 'computed', end }
  if (stopping) return { next: 'left' }
  const found = end.outcome === 'interrupted' ? 'it was interrupted' : end.reason
  const relief = reliefOfLogits(run, end)
  if (relief !== null) return { next: 'again', reason: withRelief(found, relief), relief }
  if (end.outcome !== 'failed' && run.lostLogits < retries) return { next: 'again', reason: found, relief }
  return { next: 'given up', reason: found }
}

/** Of those of this run, where there were several. */
function triesText({ attempt, earlier, batchSize }: Judged): string {
  const tries = attempt - earlier.attempts.length
  const reduced = batchSize === null ? '' : `, with batches of ${batchSize}`
  return tries === 1 ? '' : ` (the last of ${tries} attempts${reduced})`
}

const withRelief = (reason: string, { how }: Relief): string => `${reason.trimEnd()}; ${how}`
