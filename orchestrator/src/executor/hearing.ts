// What every executor makes of a worker's messages: events for whoever hears them, ends for the trials; and what is
// neither of these ends the submission.
import { inspect } from 'node:util'
import { isEvent, isLogitsResult, isMemberEvent, isResult } from './check.ts'
import type { End, Hear, Request } from './executor.ts'

/** Why a submission is over before its worker has answered. */
export type Over = { problem: string } | { thrown: unknown } | 'killed'

export interface Hearing {
  over: Over | null
  /** @returns whether the worker may go on */
  message(message: unknown): boolean
  /** The same end for all of the request's trials. */
  forAll(end: End): End[]
  /** What the worker's answer says of each; where it is no result they have crashed. */
  answered(value: unknown): End[]
  /**
   * The ends that follow from what the worker sent, whatever became of it; null where they do not.
   * @throws what was thrown by whoever heard of an event
   */
  ends(): End[] | null
}

export function createHearing(request: Request, hear: Hear): Hearing {
  const members = request.task === 'train group' ? request.requests.length : 1
  const isExpected = request.task === 'logits' ? isLogitsResult : isResult
  const forAll = (end: End) => Array.from({ length: members }, () => end)

  function message(message: unknown): boolean {
    if (hearing.over !== null) return false
    try {
      if (isEvent(message) && members === 1) hear(message, 0)
      else if (isMemberEvent(message, members)) hear(message.event, message.member)
      else hearing.over = { problem: `its process sent what is no event: ${shown(message)}` }
    } catch (error) {
      hearing.over = { thrown: error }
    }
    return hearing.over === null
  }

  function answered(value: unknown): End[] {
    const results: unknown[] = Array.isArray(value) ? value : [value]
    if (results.length === members && results.every((result) => isExpected(result))) return results as End[]
    return forAll({ outcome: 'crashed', reason: `its process answered with ${shown(value)}` })
  }

  function ends(): End[] | null {
    const { over } = hearing
    if (over === null || over === 'killed') return null
    if ('thrown' in over) throw over.thrown
    return forAll({ outcome: 'crashed', reason: over.problem })
  }

  const hearing: Hearing = { over: null, message, forAll, answered, ends }
  return hearing
}

function shown(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY })
  return text.length > 200 ? `${text.slice(0, 200)} …` : text
}
