// The step that Adam and AdamW share (Kingma and Ba, arXiv:1412.6980, algorithm 1), with the constant factors of
// the two means taken out of the tensors and into the scalars, which saves passes over every weight:
// with M = m / (1 - beta1), V = v / (1 - beta2) and s = sqrt((1 - beta2) / (1 - beta2^t)),
//   rate m^ / (sqrt(v^) + epsilon) = (rate (1 - beta1) / (1 - beta1^t) / s) M / (sqrt(V) + epsilon / s).
import { add, div, mul, sqrt, type Tensor } from '@tensorflow/tfjs-core'
import type { Update } from './optimizer.ts'

interface Settings {
  beta1: number
  beta2: number
  epsilon: number
}

export const adamSlots = ['mean', 'square']

export function adamScalars({ beta1, beta2, epsilon }: Settings, learningRate: number, step: number) {
  const scale = Math.sqrt((1 - beta2) / (1 - beta2 ** step))
  return {
    beta1,
    beta2,
    rate: (learningRate * (1 - beta1)) / (1 - beta1 ** step) / scale,
    epsilon: epsilon / scale,
  }
}

/** Assigns the slots and gives what is to be taken from the weight. */
export function adamStep({ slots, scalars }: Pick<Update, 'slots' | 'scalars'>, gradient: Tensor): Tensor {
  const mean = add(mul(slots.mean!, scalars.beta1!), gradient)
  const square = add(mul(slots.square!, scalars.beta2!), mul(gradient, gradient))
  slots.mean!.assign(mean)
  slots.square!.assign(square)
  return mul(div(mean, add(sqrt(square), scalars.epsilon!)), scalars.rate!)
}
