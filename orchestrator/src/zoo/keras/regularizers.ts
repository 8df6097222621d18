// Regularizers of a topology: terms of a loss of its own, which a sweep's objective does not have.
import type { Topology } from '@retort/schema/topology'

/** Takes them out. @returns what to tell of it */
export function withoutRegularizers(topology: Topology): string[] {
  const removed = removeFrom(topology)
  if (removed === 0) return []
  const layers = removed === 1 ? '1 layer' : `${removed} layers`
  return [`the regularizers of ${layers} are left out: training.optimizer.weightDecay says how weights decay`]
}

/** @returns how many layers had any */
function removeFrom({ layers }: Topology): number {
  let count = 0
  for (const { config, model } of layers) {
    if (model !== undefined) count += removeFrom(model)
    else if (strip(config)) count++
  }
  return count
}

function strip(config: unknown): boolean {
  if (typeof config !== 'object' || config === null) return false
  let found = false
  for (const [key, value] of Object.entries(config as Record<string, unknown>)) {
    if (key.endsWith('_regularizer') && value !== null) {
      ;(config as Record<string, unknown>)[key] = null
      found = true
    } else if (strip(value)) found = true
  }
  return found
}
