// What earlier runs did on other engines than the one that is asked for: which of it is reused, tried again or trained
// anew. Pure: it reads states, and neither files nor the store.
import { enginesText, type RanEngine } from '@retort/schema/engines'
import type { Placement } from '@retort/schema/messages'
import type { TrialId } from '@retort/schema/trialId'
import { needsOf } from '../plan/needs.ts'
import type { Plan, PlannedTrial } from '../plan/plan.ts'
import type { Attempt, TrialState } from '../store/state.ts'

/** Where "auto" is not settled yet, nothing is another. */
export type Asked = { [K in 'engine' | 'device']: string }

export type EngineVerdict =
  /** Its result counts, though another engine had a part in it. */
  | 'reused'
  /** It failed on another engine, and is tried on this one. */
  | 'retried'
  /** Its result does not count, since another engine had a part in it, or since that is not known. */
  | 'anew'
  /** Its result does not count, since it learned from what another engine computed. */
  | 'follower'
  /** It is not done, and a checkpoint of it is of another engine: none is gone on from. */
  | 'restarted'

/** So many trials, and the engines that this is about; none where they are not known or not the trial's own. */
export interface EngineNote {
  verdict: EngineVerdict
  engines: RanEngine[]
  trials: number
}

type Verdict = Omit<EngineNote, 'trials'>
export type EngineVerdicts = Map<TrialId, Verdict>

export const isOther = (ran: RanEngine, asked: Asked): boolean =>
  (asked.engine !== 'auto' && ran.engine !== asked.engine) || (asked.device !== 'auto' && ran.device !== asked.device)

/** Null while "auto" is to be settled. */
export const placed = ({ engine, device }: Placement): RanEngine | null =>
  engine === 'auto' || device === 'auto' ? null : { engine, device }

const begun = ({ attempts }: Pick<TrialState, 'attempts'>): Attempt | undefined =>
  attempts.findLast(({ engines }) => engines !== null)

/** All that had a part in a trial's result or checkpoint; null where that is not known. */
export const enginesOf = (state: Pick<TrialState, 'attempts'>): RanEngine[] | null => begun(state)?.engines ?? null

const ranOn = ({ engine, device }: Attempt): RanEngine | null =>
  engine === null || device === null ? null : { engine, device }

/**
 * @param states of the plan's trials, as far as the store has them
 * @param strict whether only what this engine computed, from what it computed, counts as done
 */
export function engineVerdicts(
  { trials }: Pick<Plan, 'trials'>,
  states: ReadonlyMap<TrialId, TrialState>,
  asked: Asked,
  strict: boolean,
): EngineVerdicts {
  const planned = new Map(trials.map((trial) => [trial.id, trial]))
  const anyOther = (engines: RanEngine[]) => engines.some((each) => isOther(each, asked))

  /** Whether what a trial has left at that time was computed by this engine alone, from what it computed. */
  function isPure(id: TrialId, time: number): boolean {
    const { attempts, logitsOn } = states.get(id) ?? { attempts: [], logitsOn: null }
    const done = attempts.findLast(({ outcome, finishedAt }) => outcome === 'done' && finishedAt! <= time)
    if (done === undefined || done.engines === null || anyOther(done.engines)) return false
    return !(logitsOn !== null && isOther(logitsOn, asked)) && learnedHere(planned.get(id)!, done.startedAt)
  }
  const learnedHere = (trial: PlannedTrial, time: number) => needsOf(trial).every((need) => isPure(need, time))

  function strictly(trial: PlannedTrial, state: TrialState): Verdict | undefined {
    const isDone = state.status === 'done'
    const isBad = state.status === 'failed' || state.status === 'diverged'
    // One that failed before its model was compiled has no part in what an earlier attempt holds.
    const last = isBad ? state.attempts.at(-1) : begun(state)
    if (last === undefined) return isDone ? { verdict: 'anew', engines: [] } : undefined
    const engines = last.engines ?? []
    const others = anyOther(engines)
    if (!others && learnedHere(trial, last.startedAt)) return undefined
    if (!isDone && !isBad) return { verdict: 'restarted', engines: others ? engines : [] }
    if (!others) return { verdict: 'follower', engines: [] }
    return { verdict: isDone ? 'anew' : 'retried', engines }
  }

  function verdictOn(trial: PlannedTrial, state: TrialState): Verdict | undefined {
    const mayRetry = state.status === 'failed' || (strict && state.status === 'diverged')
    const elsewhere = mayRetry ? endedOn(state, asked) : null
    if (elsewhere !== null) return { verdict: 'retried', engines: [elsewhere] }
    if (strict) return strictly(trial, state)
    const engines = enginesOf(state) ?? []
    return state.status === 'done' && anyOther(engines) ? { verdict: 'reused', engines } : undefined
  }

  const found: EngineVerdicts = new Map()
  for (const trial of trials) {
    const state = states.get(trial.id)
    const verdict = state && verdictOn(trial, state)
    if (verdict !== undefined) found.set(trial.id, verdict)
  }
  return found
}

/** Where a trial failed or diverged, if that is known, is another engine, and this one has not come to the same. */
function endedOn({ attempts }: TrialState, asked: Asked): RanEngine | null {
  const last = attempts.at(-1)
  const on = last === undefined ? null : ranOn(last)
  if (on === null || !isOther(on, asked)) return null
  const here = attempts.findLast((attempt) => {
    const place = ranOn(attempt)
    return place !== null && !isOther(place, asked)
  })
  return here?.outcome === 'failed' || here?.outcome === 'diverged' ? null : on
}

/** Those of which the same is to be said together. */
export function notesOf(verdicts: EngineVerdicts): EngineNote[] {
  const notes = new Map<string, EngineNote>()
  for (const each of verdicts.values()) {
    const key = `${each.verdict} ${enginesText(each.engines)}`
    notes.set(key, { ...each, trials: (notes.get(key)?.trials ?? 0) + 1 })
  }
  return [...notes.values()]
}
