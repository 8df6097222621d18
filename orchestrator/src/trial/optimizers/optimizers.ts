// The table of optimizers: one line for each.
import type { ResolvedOptimizer } from '@retort/schema/trial'
import { adam } from './adam.ts'
import { adamw } from './adamw.ts'
import type { Optimizer } from './optimizer.ts'
import { sgd } from './sgd.ts'

const optimizers: { [K in ResolvedOptimizer['type']]: Optimizer<Extract<ResolvedOptimizer, { type: K }>> } = {
  sgd,
  adam,
  adamw,
}

export function optimizerOf(settings: ResolvedOptimizer): Optimizer<ResolvedOptimizer> {
  return optimizers[settings.type] as Optimizer<ResolvedOptimizer>
}
