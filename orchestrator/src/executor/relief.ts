// What a trial that ran out of memory does less of at once when it is tried again.
import type { Predicting } from '@retort/schema/messages'
import type { TrialConfig, TrialId } from '@retort/schema/trial'
import type { PlannedTrial } from '../plan/plan.ts'
import { halved } from './halved.ts'
import type { AttemptEnd, LogitsEnd } from './pool.ts'

export interface Relief {
  /**
   * Has the trial's next attempt need less.
   * @param grouped whether it ran as one with others
   * @returns how, in words; null where it ended otherwise, or may not or cannot
   */
  forAttempt(trial: PlannedTrial, end: AttemptEnd, grouped: boolean): string | null
  /** The same of computing its logits. */
  forLogits(trial: PlannedTrial, end: LogitsEnd): string | null
  /** How it predicts, as a request for it says. */
  predicting(trial: TrialId): Predicting
}

/** @param batchSizes of those that train with smaller batches than written; added to */
export function createRelief(batchSizes: Map<TrialId, number>): Relief {
  const predictionBatches = new Map<TrialId, number>()

  /** Asks for no leave: results differ by rounding at most. */
  function predictFewer(id: TrialId, short: number): string | null {
    const asked = predictionBatches.get(id)
    // A model of a fixed batch size has passed over what it was asked for.
    const fewer = asked !== undefined && short > asked ? null : halved(short, 1)
    if (fewer === null) return null
    predictionBatches.set(id, fewer)
    return `again with ${fewer} samples predicted at once instead of ${short}`
  }

  function trainOnFewer(trial: PlannedTrial): string | null {
    if (!mayTrainOnFewer(trial)) return null
    const { id, config } = trial
    const batchSize = batchSizes.get(id) ?? config.training.batchSize
    const smaller = halved(batchSize)
    if (smaller === null) return null
    batchSizes.set(id, smaller)
    return `again with batches of ${smaller} instead of ${batchSize}`
  }

  return {
    forAttempt(trial, end, grouped) {
      if (end.outcome !== 'out of memory') return null
      const { predictionBatch: short } = end
      if (short === undefined && !mayTrainOnFewer(trial)) return null
      if (grouped) return 'again by itself'
      // What training takes is there beside what predicting takes.
      return (short === undefined ? null : predictFewer(trial.id, short)) ?? trainOnFewer(trial)
    },
    forLogits: ({ id }, end) =>
      end.outcome === 'out of memory' && end.predictionBatch !== undefined
        ? predictFewer(id, end.predictionBatch)
        : null,
    predicting(id) {
      const predictionBatch = predictionBatches.get(id)
      return predictionBatch === undefined ? {} : { predictionBatch }
    },
  }
}

const mayTrainOnFewer = (trial: PlannedTrial): trial is PlannedTrial & { config: TrialConfig } =>
  trial.config.role !== 'given' && trial.config.training.outOfMemory === 'halve-batch'
