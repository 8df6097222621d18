import '@tensorflow/tfjs-backend-cpu'
import type { ResolvedOptimizer } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { optimizerOf } from '../../orchestrator/src/trial/optimizers/optimizers.ts'
import { adam, sgd } from './fixture.ts'

const adamw = (changes = {}) => ({ ...adam(), type: 'adamw', weightDecay: 0.1, ...changes }) as ResolvedOptimizer

const start = [1, -2, 0.5]
/** The gradients of four steps. */
const gradients = [
  [0.1, -3, 0],
  [0.4, 2, 0],
  [-0.2, 1, 1e-6],
  [0.1, 0.5, -5],
]

/** The weights after each step. */
function ours(settings: ResolvedOptimizer, decays = true): number[][] {
  const optimizer = optimizerOf(settings)
  const weight = tf.variable(tf.tensor1d(start))
  const slots = Object.fromEntries(optimizer.slots(settings).map((name) => [name, tf.variable(tf.zerosLike(weight))]))
  return gradients.map((gradient, index) => {
    const numbers = optimizer.scalars(settings, settings.learningRate, index + 1)
    const scalars = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, tf.scalar(value)]))
    const step = { weight, gradient: tf.tensor1d(gradient), slots, scalars, decays }
    tf.tidy(() => weight.assign(optimizer.update(step, settings) as tf.Tensor1D))
    return [...weight.dataSync()]
  })
}

/** As torch.optim documents them, in float64. */
function reference(settings: ResolvedOptimizer): number[][] {
  const weight = [...start]
  const first = start.map(() => 0)
  const second = start.map(() => 0)
  return gradients.map((gradient, index) => {
    for (const [i, raw] of gradient.entries()) {
      const w = weight[i]!
      const rate = settings.learningRate
      const g = settings.type === 'adamw' ? raw : raw + settings.weightDecay * w
      if (settings.type === 'sgd') {
        first[i] = settings.momentum * first[i]! + g
        weight[i] = w - rate * (settings.nesterov ? g + settings.momentum * first[i]! : first[i]!)
        continue
      }
      const { beta1, beta2, epsilon } = settings
      first[i] = beta1 * first[i]! + (1 - beta1) * g
      second[i] = beta2 * second[i]! + (1 - beta2) * g * g
      const mean = first[i]! / (1 - beta1 ** (index + 1))
      const square = second[i]! / (1 - beta2 ** (index + 1))
      const shrunk = settings.type === 'adamw' ? w * (1 - rate * settings.weightDecay) : w
      weight[i] = shrunk - (rate * mean) / (Math.sqrt(square) + epsilon)
    }
    return [...weight]
  })
}

describe('by hand', () => {
  it('SGD with momentum: 1 - 0.1 * 0.1 = 0.99; v = 0.9 * 0.1 + 0.4 = 0.49, 0.99 - 0.049 = 0.941', () => {
    const weights = ours(sgd({ learningRate: 0.1 }))
    expect(weights[0]![0]).toBeCloseTo(0.99, 6)
    expect(weights[1]![0]).toBeCloseTo(0.941, 6)
  })

  it('Adam’s first step is the learning rate, against the gradient’s sign; a gradient of 0 moves nothing', () => {
    const [first] = ours(adam({ learningRate: 0.01 }))
    expect(first![0]).toBeCloseTo(0.99, 6)
    expect(first![1]).toBeCloseTo(-1.99, 6)
    expect(first![2]).toBe(0.5)
  })
})

it.each([
  sgd({ momentum: 0 }),
  sgd({ momentum: 0, nesterov: true }),
  sgd(),
  sgd({ weightDecay: 0.1 }),
  sgd({ nesterov: true, weightDecay: 0.1, momentum: 0.5 }),
  adam(),
  adam({ weightDecay: 0.1, beta1: 0.5, beta2: 0.9 }),
  adam({ epsilon: 0.1 }),
  adam({ beta1: 0, beta2: 0 }),
  adamw(),
  adamw({ weightDecay: 0 }),
])('follows PyTorch: %j', (settings) => {
  const expected = reference(settings as ResolvedOptimizer)
  for (const [step, weights] of ours(settings as ResolvedOptimizer).entries()) {
    for (const [index, value] of weights.entries()) expect(value).toBeCloseTo(expected[step]![index]!, 5)
  }
})

it.each([sgd({ weightDecay: 0.1 }), adam({ weightDecay: 0.1 }), adamw()])(
  'leaves biases without decay: %j',
  (settings) => {
    expect(ours(settings, false)).toEqual(ours({ ...settings, weightDecay: 0 } as ResolvedOptimizer))
  },
)
