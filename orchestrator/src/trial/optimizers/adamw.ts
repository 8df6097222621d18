// AdamW (Loshchilov and Hutter, arXiv:1711.05101): the weight shrinks by rate * decay, apart from Adam's step. As in
// PyTorch, the decay is scaled by the learning rate.
import type { ResolvedOptimizer } from '@retort/schema/trial'
import { mul, sub } from '@tensorflow/tfjs-core'
import { adamScalars, adamSlots, adamStep } from './adamStep.ts'
import type { Optimizer } from './optimizer.ts'

export const adamw: Optimizer<Extract<ResolvedOptimizer, { type: 'adamw' }>> = {
  switches: ({ weightDecay }) => ({ decay: weightDecay > 0 }),
  slots: () => adamSlots,
  scalars: (settings, learningRate, step) => ({
    ...adamScalars(settings, learningRate, step),
    keep: 1 - learningRate * settings.weightDecay,
  }),
  update(update, { weightDecay }) {
    const { weight, gradient, scalars, decays } = update
    const step = adamStep(update, gradient)
    return sub(decays && weightDecay > 0 ? mul(weight, scalars.keep!) : weight, step)
  },
}
