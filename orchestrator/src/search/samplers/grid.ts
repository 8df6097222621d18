// Every trial of the plan, in its order, each to its last epoch.
import type { CreateSampler } from '../sampler.ts'

export const createGrid: CreateSampler = (trials) => {
  let left = trials
  return {
    ask: () => {
      const all = left
      left = []
      return all.length === 0 ? 'done' : all
    },
    tell: () => 'continue',
  }
}
