// Stochastic gradient descent in PyTorch's convention: v = momentum v + g + decay w, w -= rate v; with Nesterov's
// look-ahead w -= rate (g + decay w + momentum v).
import type { ResolvedOptimizer } from '@retort/schema/trial'
import { add, mul, sub } from '@tensorflow/tfjs-core'
import type { Optimizer } from './optimizer.ts'

type Settings = Extract<ResolvedOptimizer, { type: 'sgd' }>

const remembers = (settings: Settings) => settings.momentum > 0

export const sgd: Optimizer<Settings> = {
  switches: (settings) => ({
    momentum: remembers(settings),
    nesterov: settings.nesterov && remembers(settings),
    decay: settings.weightDecay > 0,
  }),
  slots: (settings) => (remembers(settings) ? ['velocity'] : []),
  scalars: ({ momentum, weightDecay }, learningRate) => ({ learningRate, momentum, weightDecay }),
  update({ weight, gradient, slots, scalars, decays }, settings) {
    const { learningRate, momentum, weightDecay } = scalars
    const pulled = decays && settings.weightDecay > 0 ? add(gradient, mul(weight, weightDecay!)) : gradient
    let direction = pulled
    if (remembers(settings)) {
      const velocity = add(mul(slots.velocity!, momentum!), pulled)
      slots.velocity!.assign(velocity)
      direction = settings.nesterov ? add(pulled, mul(velocity, momentum!)) : velocity
    }
    return sub(weight, mul(direction, learningRate!))
  },
}
