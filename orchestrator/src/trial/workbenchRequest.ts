// What a workbench is asked for, and when one serves several requests.
import type { LogitsArtifact } from '@retort/schema/artifact'
import type {
  ResolvedArchitecture,
  ResolvedLabelLoss,
  ResolvedObjective,
  ResolvedOptimizer,
  TrialConfig,
} from '@retort/schema/trial'
import type { Data, Fitted } from '../data/data.ts'
import { mixupOf } from '../spec/mixup.ts'
import { withoutWeights } from '../spec/objectives.ts'
import { optimizerOf } from './optimizers/optimizers.ts'

export interface WorkbenchRequest {
  architecture: ResolvedArchitecture
  optimizer: ResolvedOptimizer
  batchSize: number
  labelLoss: ResolvedLabelLoss
  /** Null without a teacher. */
  objective: ResolvedObjective[] | null
  /** The teacher's where objectives compare features; else null. */
  teacher: ResolvedArchitecture | null
  /** Whether samples are blended with others; by default they are not. */
  mixed?: boolean
  /** Of a teacher whose tokens are others. */
  teacherClasses?: number | null
  /** How many samples are predicted at once at most; left out for as many as usual. */
  predictionBatch?: number | undefined
  data: Fitted
  /** Where training samples are seen as they are: the data that they are of. */
  samples?: Data
}

/** What a trial's configuration asks for. */
export function workbenchRequest(
  { architecture, training, distillation }: TrialConfig,
  teacher: ResolvedArchitecture | null,
  data: Data,
  teacherClasses: number | null = null,
): WorkbenchRequest {
  const { batchSize, optimizer, labelLoss } = training
  const objective = distillation?.objective ?? null
  const mixed = mixupOf(data.augmentation) !== null
  const samples = data.augmentation === null ? { samples: data } : {}
  return { architecture, optimizer, batchSize, labelLoss, objective, teacher, mixed, teacherClasses, data, ...samples }
}

/** The classes of a teacher whose tokens are others; else null. */
export const otherClasses = (logits: LogitsArtifact | null): number | null =>
  logits === null || logits.aligned === null ? null : logits.classes

/** Equal for requests that one workbench serves. */
export function workbenchKey(request: WorkbenchRequest): string {
  const { architecture, optimizer, batchSize, labelLoss, objective, teacher, data, samples } = request
  const { mixed = false, teacherClasses = null, predictionBatch = null } = request
  const { inputShape, vocabulary, padding, labelShape, classes } = data
  const switches = optimizerOf(optimizer).switches(optimizer)
  return JSON.stringify([
    architecture,
    optimizer.type,
    switches,
    batchSize,
    labelLoss,
    objective && withoutWeights(objective),
    teacher,
    mixed,
    teacherClasses,
    inputShape,
    vocabulary,
    padding,
    labelShape,
    classes,
    samples?.trainFileSamples,
    predictionBatch,
  ])
}
