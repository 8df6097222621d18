// What a trial that ran out of memory does less of at once when it is tried again. Pure.
import type { TrialConfig } from '@retort/schema/trial'
import type { PlannedTrial } from '../plan/plan.ts'
import type { AttemptEnd, LogitsEnd } from './executor.ts'
import { halved } from './halved.ts'
import type { TrialRun } from './trialRun.ts'

export interface Relief {
  /** What the next attempt does with less. */
  less: Partial<Pick<TrialRun, 'batchSize' | 'predictionBatch'>>
  /** The same in words. */
  how: string
}

type Relieved = Readonly<Pick<TrialRun, 'trial' | 'batchSize' | 'predictionBatch'>>

/**
 * @param grouped whether it ran as one with others
 * @returns null where it ended otherwise, or may not or cannot do with less
 */
export function reliefOfAttempt(run: Relieved, end: AttemptEnd, grouped: boolean): Relief | null {
  if (end.outcome !== 'out of memory') return null
  const { predictionBatch: short } = end
  if (short === undefined && !mayTrainOnFewer(run.trial)) return null
  if (grouped) return { less: {}, how: 'again by itself' }
  // What training takes is there beside what predicting takes.
  return (short === undefined ? null : predictFewer(run, short)) ?? trainOnFewer(run)
}

/** The same of computing its logits. */
export const reliefOfLogits = (run: Relieved, end: LogitsEnd): Relief | null =>
  end.outcome === 'out of memory' && end.predictionBatch !== undefined ? predictFewer(run, end.predictionBatch) : null

/** Asks for no leave: results differ by rounding at most. */
function predictFewer({ predictionBatch: asked }: Relieved, short: number): Relief | null {
  // A model of a fixed batch size has passed over what it was asked for.
  const fewer = asked !== null && short > asked ? null : halved(short, 1)
  if (fewer === null) return null
  return { less: { predictionBatch: fewer }, how: `again with ${fewer} samples predicted at once instead of ${short}` }
}

function trainOnFewer({ trial, batchSize: reduced }: Relieved): Relief | null {
  if (!mayTrainOnFewer(trial)) return null
  const batchSize = reduced ?? trial.config.training.batchSize
  const smaller = halved(batchSize)
  if (smaller === null) return null
  return { less: { batchSize: smaller }, how: `again with batches of ${smaller} instead of ${batchSize}` }
}

const mayTrainOnFewer = (trial: PlannedTrial): trial is PlannedTrial & { config: TrialConfig } =>
  trial.config.role !== 'given' && trial.config.training.outOfMemory === 'halve-batch'
