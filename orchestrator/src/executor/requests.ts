// What is asked for a trial: a request to train or measure it, or to compute its logits, with what it needs of others.
import type { LogitsArtifact } from '@retort/schema/artifact'
import type { EvaluateRequest, LogitsRequest, Placement, Predicting, TrialRequest } from '@retort/schema/messages'
import type { TrialConfig } from '@retort/schema/trial'
import type { TrialId } from '@retort/schema/trialId'
import { needsOf } from '../plan/needs.ts'
import type { PlannedTrial } from '../plan/plan.ts'
import { teacherInStep } from '../plan/teacherInStep.ts'
import { prepareLogits, prepareWeights } from '../store/state.ts'
import { checkpointPath, type Store } from '../store/store.ts'
import type { TrialRun, TrialRuns } from './trialRun.ts'

export interface Requests {
  /** @throws Error when the store has not what a trial that is done has left */
  trial(run: TrialRun): TrialRequest | EvaluateRequest
  /** @throws Error likewise */
  logits(run: TrialRun): LogitsRequest
}

/** @param planned all of the plan, by id */
export function createRequests(
  store: Store,
  runs: TrialRuns,
  planned: ReadonlyMap<TrialId, PlannedTrial>,
  placement: Placement,
): Requests {
  const logitsOf = prepareLogits(store)
  const weightsOf = prepareWeights(store)
  const common = ({ trial, predictionBatch }: TrialRun) => {
    const predicting: Predicting = predictionBatch === null ? {} : { predictionBatch }
    return { trial: trial.id, placement, artifacts: store.folder, ...predicting }
  }

  /** Students that compare features have their teacher beside them; the others know it by its logits. */
  function teacherFor(trial: PlannedTrial): TrialRequest['teacher'] {
    const architecture = teacherInStep(trial, planned)
    if (architecture === null) return null
    const weights = weightsOf(trial.teacherTrial!)
    if (weights === null)
      throw new Error(`the store has no weights of teacher trial ${trial.teacherTrial}, which is done`)
    return { architecture, weights }
  }

  function logitsFrom(teacher: TrialId): LogitsArtifact {
    const run = runs.get(teacher)!
    run.logits ??= logitsOf(teacher)
    if (run.logits === null) throw new Error(`the store has no logits of teacher trial ${teacher}, which is done`)
    return run.logits
  }

  return {
    trial: (run) => {
      const { trial, batchSize, engines } = run
      const { config } = trial
      if (config.role === 'given')
        return { task: 'evaluate', ...common(run), config, members: needsOf(trial).map(logitsFrom) }
      return {
        task: 'train',
        ...common(run),
        config: withBatches(config, batchSize),
        checkpoint: checkpointPath(store, trial.id),
        checkpointEngines: engines,
        logits: trial.teacherTrial === null ? null : logitsFrom(trial.teacherTrial),
        teacher: teacherFor(trial),
      }
    },
    logits: (run) => {
      const { id, config } = run.trial
      const weights = weightsOf(id)
      if (weights === null && config.role !== 'given') throw new Error(`the store has no weights of trial ${id}`)
      const members = config.role === 'given' ? needsOf(run.trial).map(logitsFrom) : []
      return { task: 'logits', ...common(run), config, weights, members }
    },
  }
}

/** The trial's configuration, with another batch size where there is one. */
const withBatches = (config: TrialConfig, batchSize: number | null): TrialConfig =>
  batchSize === null ? config : { ...config, training: { ...config.training, batchSize } }
