// The objectives that an experiment compares, and what the plan has to know of them.
import type { Experiment, LayerPair, Objective } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import type { ResolvedObjective } from '@retort/schema/trial'
import type { Path } from '../errors/problem.ts'
import type { Axis } from './axes.ts'
import { experimentSchema, fill, isRecord, type Schema } from './schema.ts'

/** Whether an objective reads the temperature; one trial stands for all temperatures where none does. */
const tempered: { [Type in Objective['type']]: boolean } = {
  'soft-targets': true,
  'logit-mse': false,
  dkd: true,
  dist: true,
  'reverse-kl': true,
  jsd: true,
  'top-k': true,
  uld: true,
  hints: false,
  'attention-transfer': false,
  'similarity-preserving': false,
  'rkd-distance': false,
  'rkd-angle': false,
}

/** Whether an objective reads the samples' classes, of which a blend of two has two. */
export const readsClass: { [Type in Objective['type']]: boolean } = {
  'soft-targets': false,
  'logit-mse': false,
  dkd: true,
  dist: false,
  'reverse-kl': false,
  jsd: false,
  'top-k': false,
  uld: false,
  hints: false,
  'attention-transfer': false,
  'similarity-preserving': false,
  'rkd-distance': false,
  'rkd-angle': false,
}

/** Whether an objective allows a teacher whose classes are others than the data's: it compares none by name. */
export const acrossVocabularies: { [Type in Objective['type']]: boolean } = {
  'soft-targets': false,
  'logit-mse': false,
  dkd: false,
  dist: false,
  'reverse-kl': false,
  jsd: false,
  'top-k': false,
  uld: true,
  // On features the teacher runs in the student's step, and reads its tokens.
  hints: false,
  'attention-transfer': false,
  'similarity-preserving': false,
  'rkd-distance': false,
  'rkd-angle': false,
}

/** What the soft part of a loss is the sum of. */
export interface PlacedObjective {
  terms: ResolvedObjective[]
  tempered: boolean
  /** Where each term stands in the file. */
  paths: Path[]
  /** The value of the axis `objective`, where there is one. */
  axes: Record<string, unknown>
}

/** The axis that leads to whole objectives: one more way to teach a student, where others change the student. */
export const objectiveAxis = 'objective'

/** One objective or a list of them, as in the file. */
export const objectiveSchema: Schema = experimentSchema.properties![objectiveAxis]!

/** The values of the axis `objective`; without it the experiment's own. */
export function objectivesOf(objective: Resolved<Experiment>['objective'], axes: Axis[]): PlacedObjective[] {
  const axis = axes.find(({ path }) => path === objectiveAxis)
  if (axis === undefined) return [placed(objective, [objectiveAxis], {})]
  return axis.values.map((value, index) =>
    placed(fill(objectiveSchema, value), ['sweep', objectiveAxis, 'values', index], { [objectiveAxis]: value }),
  )
}

function placed(filled: unknown, path: Path, axes: PlacedObjective['axes']): PlacedObjective {
  const terms = [filled].flat().filter(isRecord) as unknown as ResolvedObjective[]
  const paths = Array.isArray(filled) ? filled.map((_, index) => [...path, index]) : [path]
  return { terms, tempered: terms.some(({ type }) => tempered[type]), paths, axes }
}

/** What terms compute, whatever they weigh: trials that differ in weights alone run the same step. */
export const withoutWeights = (terms: ResolvedObjective[]) => terms.map(({ weight: _, ...settings }) => settings)

/** The layers whose features objectives compare; where there are any the teacher runs in the student's step. */
export function layerPairsOf(terms: ResolvedObjective[]): LayerPair[] {
  return terms.flatMap((term) => ('layers' in term ? term.layers : []))
}

/**
 * Whether a term has a value where the teacher gives a class no probability. What goes from the student to the
 * teacher, or reads the logits themselves, has none.
 */
export function allowsMasks(term: ResolvedObjective): boolean {
  if (term.type === 'jsd') return term.beta < 1
  if (term.type === 'soft-targets') return !term.standardise
  return term.type !== 'logit-mse' && term.type !== 'reverse-kl'
}
