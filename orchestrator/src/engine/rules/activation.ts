// The activations that TensorFlow.js fuses into dense and convolution kernels.
import type { LeakyReluAttrs } from '@tensorflow/tfjs-core'
import type { Recorded } from '../record/recorded.ts'
import { binary } from './binary.ts'
import { elementwise } from './elementwise.ts'

export interface FusedAttributes {
  activation?: string
  leakyreluAlpha?: number
}

export function activate(x: Recorded, { activation, leakyreluAlpha }: FusedAttributes, slope?: Recorded): Recorded {
  switch (activation ?? 'linear') {
    case 'linear':
      return x
    case 'relu':
      return elementwise.Relu({ x })
    case 'relu6':
      return elementwise.Relu6({ x })
    case 'elu':
      return elementwise.Elu({ x })
    case 'sigmoid':
      return elementwise.Sigmoid({ x })
    case 'leakyrelu':
      return elementwise.LeakyRelu({ x }, { alpha: leakyreluAlpha } as LeakyReluAttrs)
    case 'prelu':
      if (!slope) throw new Error('activation prelu needs its weights')
      return binary.Prelu({ x, alpha: slope })
    default:
      throw new Error(`activation '${activation}' cannot be fused`)
  }
}

/** Adds the bias that a fused kernel may have, then activates. */
export function finish(
  x: Recorded,
  bias: Recorded | undefined,
  attributes: FusedAttributes,
  slope?: Recorded,
): Recorded {
  return activate(bias ? binary.Add({ a: x, b: bias }) : x, attributes, slope)
}
