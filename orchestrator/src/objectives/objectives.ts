// The table of objectives: one line for each.
import type { ResolvedObjective } from '@retort/schema/trial'
import type { Objective } from './objective.ts'
import { softTargets } from './softTargets.ts'

export const objectives: { [K in ResolvedObjective['type']]: Objective } = {
  'soft-targets': softTargets,
}
