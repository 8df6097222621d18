// The objectives that an experiment compares, and what the plan has to know of them.
import type { LayerPair } from '@retort/schema/definitions/layerPairs'
import { objectives } from '@retort/schema/definitions/objectives'
import type { Experiment } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import type { ResolvedObjective } from '@retort/schema/trial'
import type { Path } from '../errors/problem.ts'
import type { Axis } from './axes.ts'
import { experimentSchema, fill, isRecord, type Schema } from './schema.ts'

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
  // A term that does not fit the schema may be of no type that there is.
  const tempered = objectives.some((each) => each.readsTemperature && terms.some(({ type }) => type === each.type))
  return { terms, tempered, paths, axes }
}

/** What terms compute, whatever they weigh: trials that differ in weights alone run the same step. */
export const withoutWeights = (terms: ResolvedObjective[]) => terms.map(({ weight: _, ...settings }) => settings)

/** The layers whose features objectives compare; where there are any the teacher runs in the student's step. */
export function layerPairsOf(terms: ResolvedObjective[]): LayerPair[] {
  return terms.flatMap((term) => ('layers' in term ? term.layers : []))
}
