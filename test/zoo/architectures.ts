// Architectures as a resolved experiment has them: the schema's defaults, and what a test changes.
import { definition, fill } from '@retort/orchestrator/spec/schema'
import type { Architecture } from '@retort/schema/experiment'
import type { ResolvedArchitecture } from '@retort/schema/trial'

export const resolved = (architecture: Exclude<Architecture, { type: 'keras' }>): ResolvedArchitecture =>
  fill(definition('Architecture'), architecture) as ResolvedArchitecture
