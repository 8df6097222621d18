// Adam; weight decay is added to the gradient, as in PyTorch.
import type { ResolvedOptimizer } from '@retort/schema/trial'
import { add, mul, sub } from '@tensorflow/tfjs-core'
import { adamScalars, adamSlots, adamStep } from './adamStep.ts'
import type { Optimizer } from './optimizer.ts'

export const adam: Optimizer<Extract<ResolvedOptimizer, { type: 'adam' }>> = {
  switches: ({ weightDecay }) => ({ decay: weightDecay > 0 }),
  slots: () => adamSlots,
  scalars: (settings, learningRate, step) => ({
    ...adamScalars(settings, learningRate, step),
    weightDecay: settings.weightDecay,
  }),
  update(update, { weightDecay }) {
    const { weight, gradient, scalars, decays } = update
    const pulled = decays && weightDecay > 0 ? add(gradient, mul(weight, scalars.weightDecay!)) : gradient
    return sub(weight, adamStep(update, pulled))
  },
}
